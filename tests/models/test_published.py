"""Published counts: read with their rounding, and compared with what the architecture gives."""

import pytest
from numpy.testing import assert_allclose

from inference_economics import models
from inference_economics.models import published

CATALOGUE = models.load()


def test_published_rounding_agrees_with_the_count():
    """Names round generously (32.8B is sold as 32B, 6.7B as 7B); nothing else separates count and publication."""
    for name, m in CATALOGUE.items():
        if m.published_n_params and m.exact:
            value, half = published.rounded(m.published_n_params)
            assert abs(m.n_params - value) <= max(half, 0.03 * value), name


@pytest.mark.parametrize(("text", "value", "half"), [
    ("671B", 671e9, 0.5e9), ("540.35B", 540.35e9, 0.005e9), ("1558M", 1558e6, 0.5e6), ("1T", 1e12, 0.5e12),
])
def test_rounded(text, value, half):
    assert_allclose(published.rounded(text), (value, half))


@pytest.mark.parametrize("text", ["", "B", "12", "1,000B", None, 7])
def test_rounded_refuses_anything_else(text):
    with pytest.raises(ValueError, match="is not a rounded count"):
        published.rounded(text)


def test_a_count_may_mean_one_of_several():
    published.check_count("published_n_params_active", "37B", 36_600_000_000, 37_500_000_000)
    published.check_count("published_n_params", "", 1)
    with pytest.raises(ValueError, match="published_n_params='7B', but the architecture gives 5,000,000,000; check"):
        published.check_count("published_n_params", "7B", 5_000_000_000, 9_000_000_000)


@pytest.mark.parametrize("model", [m for m in CATALOGUE.values() if m.training_tok or m.training_hours],
                         ids=lambda m: m.name)
def test_no_configuration_tells_how_a_model_was_trained(model):
    for told in filter(None, (model.training_tok, model.training_hours)):
        assert "config" not in told.provenance.source.lower()
        assert (told.provenance.date, told.provenance.confidence) == (model.date, model.confidence)
    assert model.hidden.provenance == model.layers.provenance == (model.source, model.date, model.confidence)
