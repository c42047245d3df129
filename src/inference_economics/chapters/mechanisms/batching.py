"""Requests that share a machine: batches that end together or are refilled, and queues."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, NamedTuple

import numpy as np

from kernelless import (
    Axis,
    Cells,
    Choice,
    Explorer,
    Figure,
    Label,
    Panel,
    Play,
    Readout,
    Rule,
    Slider,
    Spans,
    explore,
    tabulate,
)

from ...serving import Deployment, erlang_c, mean_wait_s
from ...serving.queueing import late_fraction
from ...serving.simulation import Lengths, Requests, calibrated_service, timeline

PLACES, COUNT = 4, 12
MODEL, CHIP = "llama-3.1-8b", "h100-sxm"
MOST_SPANS = 64
END_S, STEP_S = 2.5, 0.025
WORK = {"prompt": 3, "answer": 0, "held for the longest answer": 1}
ANSWERS = {"even": 0.0, "uneven": 0.8, "very uneven": 1.4}


class Lanes(NamedTuple):
    """Bars of both ways of batching, those of continuous batching on the lower lanes; NaN fills up.

    Parameters
    ----------
    lane, kind : array
        Place, from the top; index into `WORK`.
    start_s, end_s : array
        From when to when. [s]
    static_s, continuous_s : float
        When the last answer ends. [s]
    static_busy, continuous_busy : float
        Share of the places' time that works until then. [1]
    """

    lane: np.ndarray
    kind: np.ndarray
    start_s: np.ndarray
    end_s: np.ndarray
    static_s: float
    continuous_s: float
    static_busy: float
    continuous_busy: float


@functools.cache
def lanes(length_cv: float) -> Lanes:
    """Serve twelve requests that come at once, in four places, by static and by continuous batching.

    Parameters
    ----------
    length_cv : float
        Spread of the answers' lengths over their mean. [1]

    Returns
    -------
    Lanes
        Of `simulation.timeline.side_by_side`.
    """
    lengths = Lengths(prompt_tok=512, output_tok=96, prompt_cv=0.0, output_cv=length_cv)
    prompt_tok, output_tok = lengths.draw(COUNT, np.random.default_rng(8))
    service = dataclasses.replace(calibrated_service(Deployment(MODEL, CHIP)), max_batch=PLACES)
    output_tok = np.maximum(output_tok, 8)  # an answer of one token would have no bar
    both = timeline.side_by_side(Requests(np.zeros(COUNT), prompt_tok, output_tok), service)
    columns = []
    for at, spans in ((0, both.static), (PLACES + 1, both.continuous)):
        kept = spans.kind != timeline.WAIT
        kind = np.select([spans.kind == timeline.PREFILL, spans.kind == timeline.DECODE], [0, 1], 2)
        columns.append(np.array([at + spans.lane, kind, spans.start_s, spans.end_s], dtype=float)[:, kept])
    drawn = np.concatenate(columns, axis=1)
    out = np.full((4, MOST_SPANS), np.nan)
    out[:, : drawn.shape[1]] = drawn
    return Lanes(*out, *(float(np.max(spans.end_s)) for spans in both), *(spans.busy_fraction for spans in both))


def batching_timeline() -> Explorer:
    """Show the same twelve requests in four places, batched to end together and refilled at once.

    The run is `simulation.timeline.side_by_side`, on Llama 3.1 8B and one H100.

    Returns
    -------
    Explorer
    """

    def figure(t: Any, length_cv: Any) -> Figure:
        here = tabulate(lanes, length_cv)
        seen = here.start_s < t
        ended = (here.end_s <= t) & (here.kind == 1)
        static = here.lane < PLACES
        return Figure(
            x=Axis("time", (0, 1.1 * END_S), "s"),
            y=Axis("", categories=(*(f"together {k + 1}" for k in range(PLACES)), " ",
                                   *(f"refilled {k + 1}" for k in range(PLACES)))),
            marks=[
                Spans(here.lane, np.where(seen, here.start_s, np.nan), np.minimum(here.end_s, t), "places", kinds=WORK,
                      kind=here.kind, height=0.8),
                Rule("now", x=t, moves="t"),
            ],
            readouts=[
                Readout("Answered, batches that end together", np.sum(np.where(ended & static, 1.0, 0.0))),
                Readout("Answered, places refilled", np.sum(np.where(ended & ~static, 1.0, 0.0))),
                Readout("All done, together", here.static_s, "s"),
                Readout("All done, refilled", here.continuous_s, "s"),
                Readout("Places at work, together", here.static_busy, "%"),
                Readout("Places at work, refilled", here.continuous_busy, "%"),
            ],
        )

    return explore(
        figure, name="batching-timeline", title="Twelve requests in four places, twice",
        watch="Play. What do the places above do while they wait for the longest answer? Then make all answers equally "
              "long.",
        alt="Two groups of four lanes. Above, short answers are followed by long bars of waiting; below, answers "
            "follow one another without gaps, and more of them are done.",
        t=Play(0.0, END_S, value=1.0, step=STEP_S, unit="s", label="Time", seconds=14),
        length_cv=Choice(ANSWERS, value="uneven", label="Lengths of the answers"),
        presets={"Equal answers": {"length_cv": "even"}},
    )


WAITS = {"served at once": 0, "waits a little": 3, "waits longer than you accept": 1}
HUNDRED = np.arange(100).reshape(10, 10)


def queue_and_percentiles() -> Explorer:
    """Show a hundred requests sorted by their wait, for a few places and for ten times as many, equally busy.

    Shares are of `serving.erlang_c` and `serving.queueing.late_fraction`, means of `serving.mean_wait_s`: arrivals at
    random, times in service spread exponentially.

    Returns
    -------
    Explorer
    """

    def figure(places: Any, utilisation: Any, service_s: Any, patience_s: Any) -> Figure:
        panels, readouts = [], []
        for words, factor in (("these places", 1.0), ("ten times the places", 10.0)):
            servers, load = factor * places, factor * places * utilisation
            waits = erlang_c(servers, load)
            late = late_fraction(servers, load, service_s, patience_s)
            rank = (99.5 - HUNDRED) / 100  # the last of a hundred waits longest
            kind = np.where(rank < late, 2.0, np.where(rank < waits, 1.0, 0.0))
            panels.append(Panel(words, [Cells(kind, "a hundred requests", kinds=WAITS, at=(0, 9), step_by=(1, -1)),
                                        Label(-0.5, 10.1, "places:", servers)]))
            readouts += [Readout(f"Wait, {words}", waits, "%"), Readout(f"Wait too long, {words}", late, "%"),
                         Readout(f"Mean wait, {words}", mean_wait_s(servers, load, service_s), "s")]
        return Figure(x=Axis.blank(-0.8, 9.8), y=Axis.blank(-0.8, 11), marks=panels, readouts=readouts)

    return explore(
        figure, name="queue-and-percentiles", title="A hundred requests, by how long they wait",
        watch="Raise the share of places in use. Which grid fills with waiting first, and why is the average a poor "
              "promise?",
        alt="Two squares of a hundred cells. In the left one nearly half of the cells wait, most of them too long; in "
            "the right one three do.",
        places=Slider(1, 100, value=8, scale="log", label="Places"),
        utilisation=Slider(0.3, 0.98, value=0.8, unit="%", label="Share of the places in use"),
        service_s=Slider(1.0, 60.0, value=10.0, scale="log", unit="s", label="Mean time in a place"),
        patience_s=Slider(0.1, 60.0, value=2.0, scale="log", unit="s", label="Wait that you accept"),
        presets={"Nearly full": {"utilisation": 0.95}, "One place": {"places": 1}},
    )
