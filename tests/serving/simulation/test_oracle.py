"""The jumping simulator against one that takes every step, token and block one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving.simulation.oracle import Engine
from serving.simulation.stubs import SLOPED

from inference_economics.serving.simulation import Policy, Requests, Service, simulate


def random_requests(seed, count, rate, longest, shared):
    rng = np.random.default_rng(seed)
    prompt, output = rng.integers(1, longest, count), rng.integers(1, longest, count)
    names = None
    if shared:
        # a tree of prompts: each follows an earlier one for some blocks of 8 tokens, then goes its own way
        paths = []
        for i in range(count):
            base = paths[rng.integers(len(paths))] if paths else ()
            paths.append((*base[:rng.integers(len(base) + 1)], *(1000 * i + k for k in range(longest // 8 + 1))))
        names = tuple(path[:tok // 8] for path, tok in zip(paths, prompt, strict=True))
    return Requests(np.sort(rng.uniform(0, count / rate, count)), prompt, output, rng.integers(0, 3, count),
                    prefix_blocks=names, prefix_block_tok=8)


@settings(deadline=None, max_examples=120, derandomize=True)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 25), rate=st.sampled_from([5, 50, 500]),
       spare=st.integers(0, 60), chunked=st.booleans(), shared=st.booleans(), reserve=st.sampled_from([0.0, 0.1]),
       budget=st.sampled_from([8, 32, 1000]), max_batch=st.sampled_from([1, 3, 8]))
def test_every_time_is_that_of_the_plain_engine(seed, count, rate, spare, chunked, shared, reserve,
                                                budget, max_batch):
    requests = random_requests(seed, count, rate, 60, shared)
    blocks = int(-(-np.max(requests.prompt_tok + requests.output_tok) // 4)) + spare
    service = Service(SLOPED, blocks, block_tok=4, token_budget=budget, max_batch=max_batch)
    policy = Policy(chunked=chunked, prefix_cache=shared, reserve_fraction=reserve)
    result, plain = simulate(requests, service, policy), Engine(requests, service, policy).run()
    assert result.preemptions.tolist() == [s.preemptions for s in plain]
    assert result.cached_tok.tolist() == [s.hit_tok for s in plain]
    for name in ("start_s", "first_s", "finish_s"):
        assert getattr(result, name) == pytest.approx([getattr(s, name) for s in plain], rel=1e-9, abs=1e-9), name
    gaps = [np.max(np.diff(s.tokens_s), initial=0) for s in plain]
    assert result.gap_s == pytest.approx(gaps, rel=1e-9, abs=1e-9)
