import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import reading_the_cache, window_and_sinks
from inference_economics.models import get, kv_cache

READING, WINDOW = reading_the_cache(), window_and_sinks()


@pytest.mark.parametrize("explorer", [READING, WINDOW], ids=lambda one: one.name)
def test_the_figure_is_answered_at_its_corners(explorer):
    check(explorer)


@pytest.mark.parametrize("t", [0, 1, 7, 12])
def test_a_step_reads_the_prompt_and_all_tokens_before(t):
    spans = mark(READING, "tokens", t=t)
    seen = np.isfinite(spans.start)
    assert set(spans.lane[seen]) == set(range(t + 1))
    for step in range(1, t + 1):
        row = seen & (spans.lane == step)
        assert np.sum(row & (spans.kind == 1)) == 1  # one token written
        assert np.sum(row & (spans.kind == 0)) == step  # the prompt, and step - 1 tokens


def test_bytes_of_a_step():
    llama = get("llama-3.1-8b")
    seen = readings(READING, t=3, batch=4, prompt_tok=1000)
    assert seen["Cache that this step reads or writes"] == kv_cache.of_model(llama, 1003, 4) == 1003 * 4 * 131_072
    assert seen["Weights that it reads"] == 2 * llama.n_params_read
    assert seen["Cache's share"] == pytest.approx(1003 * 4 * 131_072 / (1003 * 4 * 131_072 + 2 * llama.n_params_read))


@pytest.mark.parametrize("window", [1, 5, 24])
@pytest.mark.parametrize("sinks", [0, 2, 4])
@pytest.mark.parametrize("t", [0, 3, 23])
def test_a_token_reads_its_window_and_the_sinks(window, sinks, t):
    setting = {"t": t, "window_tok": window, "sink_tok": sinks}
    kind = mark(WINDOW, "keys", **setting).value
    for query in range(24):
        seen = set(np.flatnonzero(kind[query] < 2))
        wanted = {key for key in range(query + 1) if query - key < window or key < sinks} if query <= t else set()
        assert seen == wanted
    assert readings(WINDOW, **setting)["Kept for it here"] == np.sum(kind[t] < 2)


def test_what_windows_save_is_the_models_own():
    seen = readings(WINDOW)
    gemma = get("gemma-3-27b")
    assert seen["Cache of the model, as built"] == kv_cache.of_model(gemma, 32_768)
    assert seen["If its layers dropped nothing"] == 32_768 * 2 * gemma.kv_values_per_token
    assert readings(WINDOW, model="llama-3.1-70b")["What its windows save"] == 0
