"""What the page of the decision asks for: each input with its range, its group, and where its default comes from."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from kernelless import Choice, Slider

from ... import models
from ...catalog import prices
from ...decision import cases, offers, presets
from ...decision.cases import Case
from ...decision.plan import Plan
from ...decision.words import words_of
from ...hardware.accelerators import get as accelerator

MODELS = ("llama-3.1-8b", "qwen3-8b", "gpt-oss-20b", "qwen3-32b", "llama-3.1-70b", "gpt-oss-120b", "llama-3.1-405b",
          "qwen3-235b-a22b", "minimax-m2.5", "deepseek-v3", "kimi-k2")
APIS = ("gpt-5.6-luna", "gemini-3.5-flash-lite", "claude-4.5-haiku", "gpt-5.6-terra", "claude-sonnet-5", "gpt-5.6-sol",
        "deepseek-flash", "deepseek-v4-pro")
HOSTS = ("deepseek-flash", "deepseek-v4-pro", "llama-3.1-70b-hosted")
PRIVACY = {"anywhere, also to an API": 0, "only to machines hired alone": 1, "only to machines of our own": 2}
FORMATS = {"as it is usually served": "", "8 bits (fp8)": "fp8", "4 bits (fp4)": "fp4", "16 bits (bf16)": "bf16"}
ASKED, TARGETS, RUNS, API, RENT, OWN, PEOPLE, CHIP, TIME = (
    "What is asked, in more detail", "Targets and limits", "What you would run", "API and hosts", "Rented chips",
    "Servers of your own", "People, licences and traffic", "A chip of your own", "Time and money")
ROW, QUOTE, SHAPE = "Your own price-list row", "Your own chip or quote", "Your own model"
OWN_NAME = "your own"
LIKE_DENSE, LIKE_MIXTURE, LIKE_CHIP, LIKE_API = "llama-3.1-70b", "qwen3-235b-a22b", "h100-sxm", "gpt-5.6-luna"
# what a figure of a chapter lets choose: its tables are as many times smaller
FEWER = {"model": ("llama-3.1-8b", "llama-3.1-70b", "gpt-oss-120b", "deepseek-v3"),
         "machine": ("h100-sxm", "h200-sxm", "b200"), "hosted": ("deepseek-flash", "llama-3.1-70b-hosted"),
         "api": ("gpt-5.6-luna", "gemini-3.5-flash-lite", "gpt-5.6-terra", "claude-sonnet-5", "gpt-5.6-sol")}
EXAMPLE = "an example; give yours"


class Held(NamedTuple):
    """An input that is one field of a plan.

    Parameters
    ----------
    address : str
        In a plan.
    group : str
        Under which it is folded.
    low, high : float
        Ends of the track, as it is shown.
    log : bool
        Whether it matters by ratio.
    note : str
        Where the default comes from; by default what the catalogue says.
    """

    address: str
    group: str
    low: float
    high: float
    log: bool = False
    note: str = ""

    @property
    def label(self) -> str:
        """What the reader sees."""
        return words_of(self.address).words

    @property
    def unit(self) -> str:
        """The unit in which it is shown."""
        return words_of(self.address).unit

    @property
    def times(self) -> float:
        """By what the plan's number is multiplied where it is shown [1]."""
        return words_of(self.address).times

    def addresses(self) -> tuple[str, ...]:
        """Return every field of a plan that it sets: what holds of a site holds of a room of one's own."""
        room = self.address.replace("site.", "room.")
        return (self.address, room) if self.address in BOTH else (self.address,)


BOTH = ("site.electricity_usd_per_kwh", "site.pue")

HELD: dict[str, Held] = {
    "prompt_tok": Held("need.prompt_tok", "", 1, 1_000_000, True, EXAMPLE),
    "output_tok": Held("need.output_tok", "", 1, 200_000, True, EXAMPLE),
    "cached_fraction": Held("need.cached_fraction", "", 0, 0.99,
                            note="from your usage export; an API's invoice shows it"),
    "growth_per_year": Held("need.growth_per_year", "", -0.5, 4, note=EXAMPLE),
    "thinking_tok": Held("need.thinking_tok", ASKED, 0, 200_000,
                         note="billed and generated, but not shown"),
    "written_fraction": Held("need.written_fraction", ASKED, 0, 0.99,
                             note="some providers ask more for it"),
    "own_cached_fraction": Held("need.own_cached_fraction", ASKED, 0, 0.99,
                                note="on machines; never measured here, so the answer is not called clear"),
    "batch_fraction": Held("need.batch_fraction", ASKED, 0, 1,
                           note="an API's batch tier; idle hours of machines"),
    "peak_to_mean": Held("need.peak_to_mean", ASKED, 1, 10,
                         note="assumed: an office day in one region is about 3, the world about 1.5"),
    "wait_probability": Held("need.wait_probability", ASKED, 0.01, 0.5,
                             note="assumed: one in twenty"),
    "regions": Held("copy.regions", TARGETS, 1, 6, note="each keeps its own spare"),
    "spare_copies": Held("copy.spare_copies", TARGETS, 0, 4,
                         note="one, so that a broken machine stops nobody"),
    "unit_chips": Held("copy.unit_chips", RENT, 1, 8,
                       note="1, 2, 4 or 8; a reserved server is usually whole"),
    "tokeniser_factor": Held("api.tokeniser_factor", API, 0.5, 2, True,
                             "1 if the counts come from this API's own invoice"),
    "commitment_usd": Held("api.commitment_usd", API, 0, 1e9,
                           note="0: pay as you go"),
    "committed_discount": Held("api.committed_discount", API, 0, 0.7,
                               note="as your contract says"),
    "price_decline": Held("api.price_decline_per_year", API, -0.5, 0.95,
                          note="mean of recorded list-price changes of one and the same model; at equal quality 9 to "
                               "900 times a year (Epoch AI, 2025-03)"),
    "hosted_decline": Held("hosted.price_decline_per_year", API, -0.5, 0.95,
                           note="taken to be the same"),
    "rent_decline": Held("rent.rent_decline_per_year", RENT, -0.5, 0.8,
                         note="0: the H100 index stood at $3.38 in 2023-09 and at $3.79 in 2026-09"),
    "reserved_1y": Held("rent.reserved_1y_factor", RENT, 0.3, 1.2,
                        note="contracts for an H100 in June 2026 over that month's index"),
    "reserved_3y": Held("rent.reserved_3y_factor", RENT, 0.2, 1.2,
                        note="the same, times what one seller asked for three years over one"),
    "interruptions": Held("rent.interruptions_per_hour", RENT, 0, 1),
    "endpoint_factor": Held("rent.endpoint_factor", RENT, 1, 4),
    "returned": Held("rent.returned_fraction", RENT, 0, 1),
    "returns": Held("rent.returns_fraction", RENT, 0, 1,
                    note="0: the fleet stands day and night"),
    "life_years": Held("server.life_years", OWN, 2, 8, note="company accounts: 4 to 6"),
    "resale": Held("server.resale_fraction", OWN, 0, 1, note="assumed: half"),
    "upkeep": Held("server.operations_fraction", OWN, 0, 0.3, note="assumed"),
    "electricity": Held("site.electricity_usd_per_kwh", OWN, 0.02, 0.5, True),
    "pue": Held("site.pue", OWN, 1, 2.5),
    "colocation": Held("site.colocation_usd_per_kw_month", OWN, 40, 500, True),
    "building": Held("room.building_usd_per_w", OWN, 2, 40, True),
    "lead_years": Held("running.lead_years", OWN, 0, 2),
    "room_lead_years": Held("running.room_lead_years", OWN, 0, 3),
    "posts_endpoint": Held("running.posts_endpoint", PEOPLE, 0, 100,
                           note=EXAMPLE),
    "posts_rented": Held("running.posts_rented", PEOPLE, 0, 200, note=EXAMPLE),
    "posts_owned": Held("running.posts_owned", PEOPLE, 0, 400, note=EXAMPLE),
    "hours_per_week": Held("running.hours_per_week", PEOPLE, 5, 168,
                           note="168: day and night, which takes five people a post"),
    "pay": Held("running.pay_usd_per_year", PEOPLE, 2e4, 1e6, True),
    "licence": Held("running.licence_usd_per_chip_year", PEOPLE, 0, 10_000,
                    note="0: open-source engines; NVIDIA AI Enterprise lists at 4,500"),
    "egress": Held("running.egress_usd_per_byte", PEOPLE, 0, 0.2),
    "storage": Held("running.storage_usd_per_byte_year", PEOPLE, 0, 3),
    "kept_years": Held("running.kept_years", PEOPLE, 0, 15,
                       note="the law may say"),
    "nre_usd": Held("programme.nre_usd", CHIP, 1e7, 5e9, True,
                    "chapter 10's programme, to one digit"),
    "software_usd": Held("programme.software_usd_per_year", CHIP, 0, 5e8,
                         note="assumed: a tenth of the programme"),
    "perf_per_tco": Held("programme.perf_per_tco", CHIP, 0.5, 5, True),
    "delay_years": Held("programme.delay_years", CHIP, 0, 8, note="assumed: three"),
    "partner_margin": Held("partner.partner_margin", CHIP, 0, 0.8,
                           note="0: none beyond what the gain already holds"),
    "improvement": Held("running.improvement_per_year", TIME,
                        0, 1.5),
    "horizon_years": Held("finance.horizon_years", TIME, 1, 10, note="your planning horizon"),
    "discount_rate": Held("finance.discount_rate", TIME, 0, 0.4,
                          note="what your company's money costs"),
}
WHOLE = ("regions", "spare_copies", "unit_chips")


class Free(NamedTuple):
    """An input that is no field of a plan: what it is about stands in `page`.

    Parameters
    ----------
    label, unit, group : str
        What the reader sees.
    low, value, high : float
        Ends of the track, and the default where the case that the page opens with has none; without it, that of the
        product which `examples` names.
    log : bool
        Whether it matters by ratio.
    note : str
        Where the default comes from.
    """

    label: str
    unit: str
    group: str
    low: float
    value: float | None
    high: float
    log: bool = False
    note: str = ""


FREE: dict[str, Free] = {
    "ttft_limit_s": Free("First token within (mean)", "s", TARGETS, 0.1, 2, 3600, True, "what your readers bear"),
    "tpot_limit_s": Free("Each further token within (mean)", "s", TARGETS, 0.004, 0.05, 1, True,
                         "0.05 s is about 15 words a second"),
    "speed": Free("Speed of your machines, over this model's", "×", RUNS, 0.2, 1, 5, True,
                  "1 unless you have measured; your benchmark rows set it"),
    "rent_factor": Free("Rent you are quoted, over the median", "×", RENT, 0.2, 1, 4, True,
                        "median of the smaller clouds on 2026-10-05"),
    "spot_quote": Free("Spot you are quoted, over its recorded share of that rent", "×", RENT, 0.2, 1, 4, True,
                       "offers of 2026-10-05; lost hours are added by the interruptions"),
    "server_factor": Free("Server you are quoted, over the last recorded price", "×", OWN, 0.3, 1, 3, True,
                          "quotes of 2024-12 to 2025-03: ask for a new one"),
    "own_input": Free("Input, per million tokens", "USD", ROW, 0.001, None, 200, True, "from your contract"),
    "own_output": Free("Output, per million tokens", "USD", ROW, 0.001, None, 1000, True, "from your contract"),
    "own_cached": Free("Cached input, over the list price", "×", ROW, 0, None, 1, False, "1: no cache"),
    "own_batch": Free("Discount for work that waits", "%", ROW, 0, None, 0.9, False, "0: no such tier"),
    "own_rent": Free("Rent of a chip, per hour", "USD", QUOTE, 0.1, None, 50, True, "from your quote"),
    "own_server": Free("A server of eight", "USD", QUOTE, 1e4, None, 3e6, True, "from your quote"),
    "own_power": Free("Its power", "W", QUOTE, 1000, None, 100_000, True, "its data sheet"),
    "own_memory": Free("Memory of a chip", "B", QUOTE, 1.6e10, None, 6e11, True, "its data sheet"),
    "own_bandwidth": Free("Bandwidth of its memory", "B/s", QUOTE, 2e11, None, 4e13, True, "its data sheet"),
    "own_flop": Free("Arithmetic in 8 bits, dense", "FLOP/s", QUOTE, 1e14, None, 4e16, True, "its data sheet"),
    "own_params": Free("Parameters in all", "", SHAPE, 1e9, None, 3e12, True, "paste a config.json, or the model card"),
    "own_active": Free("Of them active for a token", "", SHAPE, 1e9, None, 1e12, True, "the same for a dense model"),
    "own_layers": Free("Layers", "", SHAPE, 4, None, 256, True, "num_hidden_layers"),
    "own_hidden": Free("Width", "", SHAPE, 512, None, 32_768, True, "hidden_size"),
    "own_kv": Free("Cached values a token and layer", "", SHAPE, 64, None, 65_536, True,
                   "2 × num_key_value_heads × head_dim; kv_lora_rank + qk_rope_head_dim for a latent"),
    "own_heads": Free("Key-value heads", "", SHAPE, 1, None, 128, True, "num_key_value_heads; 1 for a latent"),
    "own_experts": Free("Experts of a layer (1: dense)", "", SHAPE, 1, None, 1024, True, "num_experts"),
    "own_chosen": Free("Of them chosen for a token", "", SHAPE, 0, None, 64, False, "num_experts_per_tok; 0 if dense"),
    "own_context": Free("Context it was made for", "tokens", SHAPE, 1000, None, 10_000_000, True,
                        "max_position_embeddings"),
}


@cache
def examples() -> dict[str, float]:
    """Return what stands in the inputs of a product of one's own at first: the numbers of one in the catalogues.

    Returns
    -------
    dict
        By control: the row of `LIKE_API`, the quote and the data sheet of `LIKE_CHIP`, the card of `LIKE_DENSE`.
    """
    listing, model = offers.listing(LIKE_API), models.get(LIKE_DENSE)
    machine = next(one for one in offers.machines() if one.name == LIKE_CHIP)
    chip, layers = machine.chip, model.groups[0]
    numbers: dict[str, Any] = {
        "own_input": listing.input_usd_per_token * 1e6, "own_output": listing.output_usd_per_token * 1e6,
        "own_cached": listing.cached_input_factor, "own_batch": listing.batch_discount,
        "own_rent": machine.price_usd_per_hour, "own_server": machine.capex_usd, "own_power": machine.power_w,
        "own_memory": chip.hbm_bytes, "own_bandwidth": chip.hbm_bytes_per_s,
        "own_flop": chip.fp8_flop_per_s,
        "own_params": model.n_params, "own_active": model.n_params_active, "own_layers": layers.layers,
        "own_hidden": model.hidden, "own_kv": 2 * layers.kv_heads * layers.qk_dim, "own_heads": layers.kv_heads,
        "own_experts": 1.0, "own_chosen": 0.0, "own_context": model.max_context_tok}
    return {name: float(number) for name, number in numbers.items()}


@cache
def start() -> tuple[Case, Plan]:
    """Return the case that the page opens with, and its plan."""
    case = next(iter(presets.presets().values()))
    return case, cases.plan_of(case)


def _noted(address: str) -> str:
    """Return who says a default, and when; empty where no catalogue holds it."""
    found = [row for row in cases.sources(start()[0]) if row.address == address]
    return f"{found[0].source}{f', {found[0].date}' if found[0].date else ''}"[:200] if found else ""


@cache
def _offered() -> dict[str, dict[str, Any]]:
    """Return what there is to choose from, by control: a title for readers, and what it stands for."""
    own = {OWN_NAME: OWN_NAME}
    return {
        "privacy": PRIVACY, "model": {models.get(name).title: name for name in MODELS} | own,
        "machine": {one.title: one.name for one in offers.machines()} | own, "precision": FORMATS,
        "api": {f"{name}, {prices.api_price(name).date}": name for name in APIS} | own,
        "hosted": {offers.listing(name).title: name for name in HOSTS} | own}


def _chosen(case: Case) -> dict[str, str]:
    """Return the titles of what a case chooses, by control."""
    return {key: next(title for title, one in options.items() if one == wanted) for (key, options), wanted in zip(
        _offered().items(), (case.need.privacy, case.model, case.machine, case.precision, case.api, case.hosted),
        strict=True)}


def _people(case: Case) -> tuple[float, float]:
    """Return people, and prompts of one of them in a day, whose product is a case's demand."""
    each = next((k for k in (5.0, 20.0, 4.0, 1.0) if case.need.prompts_per_day % k == 0), 1.0)
    people = float(np.maximum(np.rint(case.need.prompts_per_day / each), 1.0))
    return people, float(case.need.prompts_per_day / people)


def controls() -> dict[str, Slider | Choice]:
    """Return every control of the page, by the parameter of its function.

    Returns
    -------
    dict
        People and prompts first, then choices, the fields of a plan, and what is free; at first as the first preset.
    """
    case, plan = start()
    flash = prices.api_price("deepseek-flash")
    day = ("list price, first recorded on the day shown; cached input and batch tier as the list says; DeepSeek's is "
           f"{offers.of_the_week(flash)}")
    people, each = _people(case)
    found: dict[str, Slider | Choice] = {
        "users": Slider(1, 1_000_000_000, value=int(people), scale="log", unit="users", label="People", note=EXAMPLE),
        "queries_per_day": Slider(0.1, 1000, value=each, scale="log", unit="prompts", label="Prompts of one in a day",
                                  note="tokens a day over tokens of a prompt and answer, if you know those"),
    }
    held = {key: _slider(row, row.times * float(np.max(plan.value(row.address))), key) for key, row in HELD.items()}
    found |= {key: slider for key, slider in held.items() if not slider.group}
    offered, first = _offered(), _chosen(case)
    gone = {"api": prices.renamed(*APIS), "hosted": prices.renamed(*(name for name in HOSTS if name in APIS))}
    found |= {key: Choice(offered[key], value=first[key], label=label, group=group, note=note, renamed=gone.get(key))
              for key, label, group, note in (
        ("privacy", "The data may go", TARGETS, "a matter of law and contract, not of price"),
        ("model", "Open model that would do", RUNS, "only your own tests say whether it would"),
        ("machine", "Chip", RUNS, "those with a recorded rent and price"),
        ("precision", "Weights in", RUNS, "a format that the chip lacks is widened to 16 bits"),
        ("api", "API model", API, day), ("hosted", "Open model at a host", API, day))}
    found |= {key: slider for key, slider in held.items() if slider.group}
    usual = {key: examples()[key] if row.value is None else row.value for key, row in FREE.items()}
    like = {ROW: LIKE_API, QUOTE: accelerator(LIKE_CHIP).title, SHAPE: models.get(LIKE_DENSE).title}
    found |= {key: Slider(row.low, row.high, value=getattr(case, key, usual[key]), scale="log" if row.log else "linear",
                          unit=row.unit, label=row.label, group=row.group, whole=False,
                          note=row.note if row.value is not None else f"{row.note}; at first that of {like[row.group]}")
              for key, row in FREE.items()}
    return found


def _slider(row: Held, value: float, key: str) -> Slider:
    return Slider(row.low, row.high, value=value, scale="log" if row.log else "linear", unit=row.unit, label=row.label,
                  group=row.group, note=row.note or _noted(row.address), whole=key in WHOLE)


def settings_of(case: Case, **given: Any) -> dict[str, Any]:
    """Return the settings of the page that stand for a case.

    Parameters
    ----------
    case : Case
        By names that the page offers.
    **given
        Settings in place of the case's.

    Returns
    -------
    dict
        By control; what is not named is at its default.
    """
    plan, spec = cases.plan_of(case), controls()
    found: dict[str, Any] = dict(zip(("users", "queries_per_day"), _people(case), strict=True))
    found |= {"ttft_limit_s": case.ttft_limit_s, "tpot_limit_s": case.tpot_limit_s, **_chosen(case)}
    for key, row in HELD.items():
        found[key] = row.times * float(np.max(plan.value(row.address)))
    return {key: spec[key].snap(value) for key, value in {**found, **given}.items()}


def controls_of(case: Case, *keys: str, **given: Any) -> dict[str, Slider | Choice]:
    """Return some controls of the page, with fewer things to choose from, and a case's values as their defaults.

    Parameters
    ----------
    case : Case
        By names that the page offers.
    *keys : str
        Names of controls, in the order of the figure.
    **given
        Settings in place of the case's.

    Returns
    -------
    dict
    """
    spec, values = controls(), settings_of(case, **given)
    found: dict[str, Slider | Choice] = {}
    for key in keys:
        one = spec[key]
        value = values.get(key, one.value)
        found[key] = (replace(one, value=value, note="") if isinstance(one, Slider) else
                      _fewer(one, FEWER.get(key), value))
    return found


def _fewer(one: Choice, names: tuple[str, ...] | None, value: str) -> Choice:
    options = {title: name for title, name in one.options.items() if names is None or name in names}
    return Choice(options, value=value, label=one.label, group=one.group,
                  renamed={old: new for old, new in one.renamed.items() if new[0] in options})


def arguments_of(case: Case, **given: Any) -> dict[str, Any]:
    """Return what the page's function is given for a case.

    Parameters
    ----------
    case : Case
        By names that the page offers.
    **given
        Settings in place of the case's.

    Returns
    -------
    dict
        Every control to a number or to what is chosen.
    """
    values = settings_of(case, **given)
    return {key: control.argument(values.get(key, control.value)) for key, control in controls().items()}
