"""The price of a token, rung by rung: bad input."""

from __future__ import annotations

import pytest

from inference_economics import accelerators, calibration, models, serving


@pytest.mark.parametrize("name", ["n_params_read", "price_usd_per_hour", "n_chips", "concurrency", "prompt_tok",
                                  "output_tok", "utilisation"])
def test_the_ladder_refuses_a_negative(name):
    model, chip = models.get("llama-3.1-8b"), accelerators.get("h100-sxm")
    given_ = {"n_params_read": model.n_params_read, "price_usd_per_hour": 2.0, "n_chips": 1, "concurrency": 8,
              "prompt_tok": 500, "output_tok": 100, "utilisation": 0.5}
    s, c = serving.setup(model, chip), calibration.constants(chip)
    assert serving.ladder(s, c, **given_)[0] > 0
    with pytest.raises(ValueError, match="=-1"):
        serving.ladder(s, c, **given_ | {name: -1})
