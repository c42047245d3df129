"""Processes, traces and step times: what goes into the simulator."""


import numpy as np
import pytest
from serving.simulation.stubs import FLAT

from inference_economics.serving.simulation import (
    Lengths,
    Policy,
    Requests,
    Service,
    burst,
    changing,
    closed_loop,
    process,
    simulate,
    trace,
)


@pytest.mark.parametrize("cv", [0.0, 0.5, 1.0, 3.0])
def test_a_process_has_the_rate_and_the_variation_that_was_asked_for(cv):
    requests = process(20, 50_000, Lengths(100, 100), cv=cv, seed=1)
    gaps = np.diff(requests.arrival_s)
    assert requests.request_per_s == pytest.approx(20, rel=0.05)
    assert np.std(gaps) / np.mean(gaps) == pytest.approx(cv, rel=0.05, abs=1e-9)
    assert requests.arrival_s[0] == 0


def test_a_changing_process_follows_its_rates():
    rates = np.array([5.0, 0.0, 20.0, 10.0])
    requests = changing(rates, 500.0, Lengths(100, 100), seed=3)
    counts = np.histogram(requests.arrival_s, np.arange(5) * 500.0)[0]
    assert counts[1] == 0
    assert counts[[0, 2, 3]] == pytest.approx(rates[[0, 2, 3]] * 500, rel=0.06)
    # within an interval, a Poisson process: gaps vary as their mean
    gaps = np.diff(requests.arrival_s[(requests.arrival_s > 1000) & (requests.arrival_s < 1500)])
    assert np.std(gaps) / np.mean(gaps) == pytest.approx(1, abs=0.05)
    with pytest.raises(ValueError, match="request_per_s=-1"):
        changing([1, -1], 10, Lengths(9, 9))
    with pytest.raises(ValueError, match="there are no requests"):
        changing([0.0], 10, Lengths(9, 9))


@pytest.mark.parametrize("cv", [0.0, 0.3, 1.0])
def test_lengths_have_the_mean_and_the_variation_that_was_asked_for(cv):
    prompt, output = Lengths(2000, 300, cv, cv).draw(50_000, np.random.default_rng(2))
    assert np.mean(prompt) == pytest.approx(2000, rel=0.02)
    assert np.std(output) / np.mean(output) == pytest.approx(cv, rel=0.03, abs=1e-9)
    assert prompt.min() >= 1


def test_faster_and_first():
    requests = trace("mooncake-conversation")
    assert requests.faster(2).request_per_s == pytest.approx(2 * requests.request_per_s)
    few = requests.first(10)
    assert len(few) == len(few.prefix_blocks) == 10


@pytest.mark.parametrize(("build", "message"), [
    (lambda: Requests([0, 1], [5], [5, 5]), r"prompt_tok has shape \(1,\), arrival_s \(2,\)"),
    (lambda: Requests([0], [5], [5], prefix_blocks=((), ())), "names blocks of 2 prompts of 1"),
    (lambda: process(0, 5, Lengths()), "request_per_s=0"),
    (lambda: process(1, 2.5, Lengths()), "count"),
    (lambda: process(1, 5, Lengths(), cv=-1), "cv=-1"),
    (lambda: closed_loop(5, 4, Lengths()), "at least one request per user"),
    (lambda: Lengths(prompt_tok=0), "prompt_tok=0"),
    (lambda: burst(3, Lengths()).first(4), r"count=4 is outside \[1, 3\]"),
    (lambda: burst(3, Lengths()).faster(0), "factor=0"),
])
def test_bad_input_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(("build", "message"), [
    (lambda: changing("4", 1.0, Lengths()), r"request_per_s='4' is not a number"),
    (lambda: changing([[1.0], [2.0]], 1.0, Lengths()), r"request_per_s=.* has 2 axes; give one rate per interval"),
    (lambda: changing([1.0], [1.0, 2.0], Lengths()), r"interval_s=\[1\.0, 2\.0\] must be one number"),
    (lambda: closed_loop([1, 2], 3, Lengths()), r"users=\[1, 2\] must be one whole number"),
    (lambda: closed_loop(1, [3, 4], Lengths()), r"count=\[3, 4\] must be one whole number"),
    (lambda: closed_loop(1, 3, Lengths(), think_s=[1.0]), r"think_s=\[1\.0\] must be one number"),
    (lambda: process([1.0, 2.0], 3, Lengths()), r"request_per_s=\[1\.0, 2\.0\] must be one number"),
    (lambda: process(1.0, 3, None), r"lengths=None is no Lengths; give Lengths\(prompt_tok"),
    (lambda: process(1.0, 3, Lengths(), seed="1"), r"seed='1' is not a number"),
    (lambda: burst(3, (100, 100)), r"lengths=\(100, 100\) is no Lengths"),
    (lambda: Lengths(prompt_tok=[1, 2]), r"prompt_tok=\[1, 2\] must be one number"),
    (lambda: Lengths(output_cv=[0.0, 1.0]), r"output_cv=\[0\.0, 1\.0\] must be one number"),
    (lambda: Requests(None, [1], [1]), r"arrival_s=None is not a number"),
    (lambda: burst(3, Lengths()).faster([2.0]), r"factor=\[2\.0\] must be one number"),
    (lambda: burst(3, Lengths()).first([2]), r"count=\[2\] must be one whole number"),
])
def test_what_is_not_one_number_or_no_lengths_is_refused_by_name(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_whole_numbers_of_any_kind_count_requests():
    for kind in (float, np.int8, np.float16):
        assert len(closed_loop(kind(2), kind(3), Lengths(100, 100))) == 3
        assert len(process(1.0, kind(3), Lengths(100, 100)).first(kind(2))) == 2


def test_counts_are_held_as_plain_whole_numbers():
    for kind in (float, np.int8, np.float32):
        requests = Requests([0, 0], [4, 4], [2, 2], users=kind(2), prefix_block_tok=kind(16))
        assert type(requests.users) is type(requests.prefix_block_tok) is int


@pytest.mark.parametrize("blocks", [[[1, 2], [1, 3]], np.array([[1, 2], [1, 3]]), (["a", "b"], ("a", "c"))])
def test_names_of_blocks_come_in_any_sequence(blocks):
    requests = Requests([0, 1], [40, 40], [2, 2], prefix_blocks=blocks, prefix_block_tok=16)
    result = simulate(requests, Service(FLAT, 100), Policy(prefix_cache=True))
    assert result.cached_tok.tolist() == [0, 16]


@pytest.mark.parametrize("blocks", [3, "a", ("a",), (3,), (None,), (([1],),), ({"a": 1}, 2)])
def test_what_names_no_blocks_is_refused(blocks):
    with pytest.raises(ValueError, match=r"for request .; give one tuple per request"):
        Requests([0], [600], [5], prefix_blocks=blocks)


@pytest.mark.parametrize("name", ["prompt_tok", "output_tok", "priority"])
@pytest.mark.parametrize("value", [2**53 + 2, 1e19, 2**63 - 1])
def test_whole_numbers_that_would_overflow_are_refused(name, value):
    columns = {"prompt_tok": [5], "output_tok": [5], "priority": [0]} | {name: [value]}
    with pytest.raises(ValueError, match=f"{name}=.* is outside"):
        Requests([0], **columns)


@pytest.mark.parametrize("cv", [0.0, 1e-320, 1e-200, 1e-155, 1e-17, 1e-12])
def test_a_variation_too_small_to_see_is_none(cv):
    requests = process(2.0, 20, Lengths(10, 10, cv, cv), cv=cv)
    assert np.diff(requests.arrival_s) == pytest.approx(0.5)
    assert np.all(requests.prompt_tok == 10)


@pytest.mark.parametrize("build", [
    lambda: Requests([0, 1.7e18], [5, 5], [5, 5]),  # nanoseconds of an epoch
    lambda: Requests([0, 1e300], [5, 5], [5, 5]),
    lambda: process(1e-300, 3, Lengths(5, 5)),
    lambda: closed_loop(2, 9, Lengths(5, 5), think_s=1e308),
])
def test_a_run_that_outlasts_its_clock_is_refused(build):
    requests = build()
    with pytest.raises(ValueError, match=r"goes on beyond 1e\+12 s, where the clock no longer resolves a step"):
        simulate(requests, Service(FLAT, 100))
