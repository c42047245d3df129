"""A cache cut into pages, as requests come, grow and go."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, NamedTuple

import numpy as np

from kernelless import Axis, Explorer, Figure, Play, Readout, Slider, Spans, explore, tabulate

from ...models import get, kv_cache
from ...serving import Deployment
from ...serving.simulation import Requests, calibrated_service, paging, simulate

SLOTS, ROW = 1536, 256  # of the cache drawn, and of one of its rows; the longest request fits in a row
SIZES = (16, 32, 64, ROW)
COUNT = 24
MOST_PAGES = 256  # taken in a run
HELD = {"a request's tokens": 0, "another's": 2, "a third's": 3, "slots without a token": 1}
MODEL = "llama-3.1-8b"
END_S, STEP_S = 2.5, 0.025


class Run(NamedTuple):
    """Pages of a small run, one entry for each time that a request takes one; NaN fills up to equal lengths.

    Parameters
    ----------
    slot : array
        Where the page begins in the cache. [token]
    request : array
        Who holds it. [1]
    start_s, end_s : array
        From when to when. [s]
    at_once, later, full_s : array
        Tokens in it when it is taken; tokens that follow one by one; when the last of them comes. [token], [token], [s]
    arrival_s, admitted_s, finish_s : array
        When the engine sees each request, lets it in, and has its last token. [s]
    """

    slot: np.ndarray
    request: np.ndarray
    start_s: np.ndarray
    end_s: np.ndarray
    at_once: np.ndarray
    later: np.ndarray
    full_s: np.ndarray
    arrival_s: np.ndarray
    admitted_s: np.ndarray
    finish_s: np.ndarray

    def tokens(self, t: Any) -> Any:
        """Tokens in each page at a time, taken to follow evenly; NaN where nobody holds it [token]."""
        done = np.clip((t - self.start_s) / np.maximum(self.full_s - self.start_s, 1e-9), 0.0, 1.0)
        held = (self.start_s <= t) & (t < self.end_s)
        return np.where(held, np.floor(self.at_once + self.later * done), np.nan)


@functools.cache
def run(page_tok: int) -> Run:
    """Serve the same requests with pages of a size.

    Parameters
    ----------
    page_tok : int
        One of `SIZES`; the largest is a reservation for the longest request. [token]

    Returns
    -------
    Run
        Of `simulation.simulate` and `paging.pages`.
    """
    rng = np.random.default_rng(5)
    requests = Requests(np.sort(rng.uniform(0, 1.0, COUNT)), rng.integers(12, 64, COUNT), rng.integers(24, 192, COUNT))
    service = dataclasses.replace(calibrated_service(Deployment(MODEL, "h100-sxm")), kv_blocks=SLOTS // page_tok,
                                  block_tok=page_tok, max_batch=COUNT)
    result = simulate(requests, service, timeline=True)
    pages, single = paging.pages(result, page_tok), paging.pages(result, 1)
    rows = []
    for request in range(COUNT):
        mine, token_s = pages.request == request, np.sort(single.start_s[single.request == request])
        order = np.argsort(pages.start_s[mine], kind="stable")
        for k, (block, start_s, end_s) in enumerate(zip(*(part[mine][order] for part in (
                pages.block, pages.start_s, pages.end_s)), strict=True)):
            own_s = token_s[k * page_tok : (k + 1) * page_tok]
            at_once = np.sum(own_s <= start_s)
            rows.append((block * page_tok, request, start_s, end_s, at_once, len(own_s) - at_once,
                         own_s[-1] if len(own_s) else start_s))
    columns = np.full((7, MOST_PAGES), np.nan)
    columns[:, : len(rows)] = np.array(rows, dtype=float).T
    return Run._make([*columns, result.arrival_s + result.delay_s, result.start_s, result.finish_s])


def pages_of_a_cache() -> Explorer:
    """Show a cache that fills with pages, and the slots that hold no token, at any time of a small run.

    The run is `simulation.simulate`, its pages `paging.pages`; bytes are of `kv_cache.kv_bytes_per_token`, and the
    expected waste of `kv_cache.expected_block_waste_fraction`.

    Returns
    -------
    Explorer
    """
    per_token = kv_cache.kv_bytes_per_token(get(MODEL).kv_values_per_token)

    def figure(t: Any, page_tok: Any) -> Figure:
        here = tabulate(lambda size: run(int(size)), page_tok)
        tokens = here.tokens(t)
        lane, left = np.floor(here.slot / ROW), np.remainder(here.slot, ROW)
        held = np.sum(np.where(tokens >= 0, 1.0, 0.0)) * page_tok
        filled = np.sum(np.where(tokens >= 0, tokens, 0.0))
        waiting = np.sum(here.arrival_s <= t) - np.sum(here.admitted_s <= t)
        return Figure(
            x=Axis("place in the cache", (0, ROW), "tokens"),
            y=Axis("", categories=tuple(f"from {k * ROW:,}" for k in range(SLOTS // ROW))),
            marks=[
                Spans(lane, np.where(tokens > 0, left, np.nan), left + tokens, "tokens", kinds=HELD,
                      kind=np.remainder(here.request, 3.0)),
                Spans(lane, np.where(tokens < page_tok, left + tokens, np.nan), left + page_tok, "empty", kinds=HELD,
                      kind=3.0),
            ],
            readouts=[
                Readout("Requests in the cache", np.sum(here.admitted_s <= t) - np.sum(here.finish_s <= t)),
                Readout("Requests that wait", waiting),
                Readout("Tokens held", filled, "tokens"),
                Readout("Bytes that hold them", filled * per_token, "B"),
                Readout("Held, but empty", np.where(held > 0, 1 - filled / np.maximum(held, 1.0), 0.0), "%"),
            ],
        )

    return explore(
        figure, name="pages-of-a-cache", title="A cache that fills, page by page",
        watch="Play with pages of 16, then with 256, a reservation for the longest answer. How much stays empty, and "
              "who waits?",
        alt="Six rows of a cache with pages of sixteen slots, each in the colour of its request and scattered over "
            "the rows. A few pages end in slots without a token.",
        t=Play(0.0, END_S, value=1.0, step=STEP_S, unit="s", label="Time", seconds=16),
        page_tok=Slider(SIZES[0], SIZES[-1], value=SIZES[0], stops=SIZES, unit="tokens", label="Slots in a page"),
        presets={"Reserved whole": {"page_tok": 256}},
    )
