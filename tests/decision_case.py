"""One workload of the tests, and what it costs when some of its inputs change."""

from __future__ import annotations

from inference_economics.decision import Costs, Inputs, yearly_costs

REPLICA = {"service_s": 20.0, "batch": 64.0, "n_chips": 2.0}
INPUTS = {"users": 20_000.0, "queries_per_day": 20.0, "prompt_tok": 1500.0, "output_tok": 400.0,
          "growth_per_year": 0.5, "horizon_years": 3.0, "discount_rate": 0.08, "peak_to_mean": 2.0,
          "input_usd_per_token": 1e-6, "output_usd_per_token": 5e-6, "price_decline_per_year": 0.1,
          "price_usd_per_hour": 4.0, "capex_usd": 3e5, "power_w": 10_200.0, "life_years": 5.0, "resale_fraction": 0.5,
          "electricity_usd_per_kwh": 0.08, "pue": 1.3, "colocation_usd_per_kw_month": 150.0,
          "operations_fraction": 0.08, "idle_power_fraction": 0.35, "network_fraction": 0.1, "spare_fraction": 0.03,
          "team_usd_per_year": 3e5, "nre_usd": 3e8, "software_usd_per_year": 3e7, "perf_per_tco": 1.8,
          "delay_years": 2.0, "chips_per_server": 8.0, "wait_probability": 0.05} | REPLICA
PLAIN = INPUTS | {"growth_per_year": 0.0, "price_decline_per_year": 0.0, "team_usd_per_year": 0.0, "nre_usd": 0.0,
                  "software_usd_per_year": 0.0, "delay_years": 0.0, "horizon_years": 5.0}
BASE = Inputs.of(**INPUTS)


def costs(**changes) -> Costs:
    return yearly_costs(Inputs.of(**INPUTS | changes))
