"""Fewer steps and fewer weights: guesses that are accepted or thrown away, experts that a batch wakes."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from kernelless import Axis, Cells, Explorer, Figure, Play, Readout, Slider, State, explore, tabulate

from ...models import expert_bytes_read, experts_touched
from ...serving import expected_tokens, speculative_speedup
from ..kit import model_choice, precision_choice

STEPS, MOST_DRAFTS = 12, 8
# a draw whose means over twelve steps lie near what is expected, within a ninth
LUCK = np.random.default_rng(1678).random((STEPS, MOST_DRAFTS))
FATE = {"accepted": 0, "rejected": 1, "thrown away unread": None, "made by the model itself": 2}


def accept_and_reject() -> Explorer:
    """Show drafts step by step: those accepted, the first one rejected, and what is thrown away after it.

    The luck of each guess is drawn once. Means are of `serving.expected_tokens` and `serving.speculative_speedup`.

    Returns
    -------
    Explorer
    """

    def figure(t: Any, acceptance: Any, draft_tok: Any, draft_cost: Any) -> Figure:
        place = np.arange(MOST_DRAFTS + 1)
        wrong = np.where((acceptance <= LUCK) & (place[:-1] < draft_tok), 1.0, 0.0)
        first = np.where(np.max(wrong, axis=1) > 0, np.argmax(wrong, axis=1) * 1.0, draft_tok)[:, None]  # accepted
        kind = np.where(place < first, 0.0, np.where(place == first, 1.0, 2.0))
        kind = np.where(place < draft_tok, kind, np.nan)
        done = np.arange(STEPS)[:, None] < t
        kind, own = np.where(done, kind, np.nan), np.where(done, 3.0, np.nan)
        tokens = np.sum(np.where(done, first + 1, 0.0))
        return Figure(
            x=Axis("guess", categories=(*(str(k + 1) for k in range(MOST_DRAFTS)), " ", "own")),
            y=Axis("", categories=tuple(f"step {k + 1}" for k in range(STEPS))),
            marks=[Cells(kind[:, :-1], "guesses", kinds=FATE), Cells(own, "own tokens", kinds=FATE, at=(9, 0))],
            readouts=[
                Readout("Tokens so far", tokens, "tokens"),
                Readout("Tokens per step here", np.where(t > 0, tokens / np.maximum(t, 1.0), np.nan), "tokens"),
                Readout("Tokens per step on average", expected_tokens(acceptance, draft_tok), "tokens"),
                Readout("Speed-up", speculative_speedup(acceptance, draft_tok, draft_cost), "×"),
            ],
            states=[State(speculative_speedup(acceptance, draft_tok, draft_cost) > 1,
                          "Drafting is faster than one token a step.", "Drafting is slower than one token a step.",
                          finding=True)],
        )

    return explore(
        figure, name="accept-and-reject", title="Guesses accepted and thrown away",
        watch="Play: one wrong guess spoils those after it. Then draft eight tokens. How many steps use the last one?",
        alt="Rows of up to four guesses: accepted ones, then in most rows one rejected, and empty cells after it. At "
            "the right each row has one token of the model's own.",
        t=Play(1, STEPS, unit="steps", label="Steps so far", seconds=8),
        acceptance=Slider(0.3, 0.98, value=0.8, unit="%", label="Acceptance of each guess"),
        draft_tok=Slider(1, MOST_DRAFTS, value=4, unit="tokens", label="Guesses in a step"),
        draft_cost=Slider(0.0, 0.5, value=0.05, unit="%", label="A guess over a step of the model"),
        presets={"A poor guesser": {"acceptance": 0.4}, "Eight guesses": {"draft_tok": 8}},
    )


ROWS, COLUMNS = 12, 32
TOKENS = 64
AWAKE = {"asleep": None, "awake": 0, "woken by the newest token": 1}


@functools.cache
def waking(experts: int, experts_active: int) -> np.ndarray:
    """Say which of the tokens of a batch first chooses each expert of a layer, when they choose evenly.

    Parameters
    ----------
    experts, experts_active : int
        Of the layer, and of one token. [1]

    Returns
    -------
    array, shape (12 rows, 32 columns)
        Number of the token, from 1; infinite where none of `TOKENS` does; NaN for places beyond the experts. [1]
    """
    rng = np.random.default_rng(11)
    first = np.full(ROWS * COLUMNS, np.nan)
    first[:experts] = np.inf
    for token in range(TOKENS, 0, -1):
        first[rng.permutation(experts)[:experts_active]] = token
    return first.reshape(ROWS, COLUMNS)


def experts_awake() -> Explorer:
    """Show the experts of one layer that a growing batch wakes, token by token.

    Choices are drawn once, evenly. Means are of `models.experts_touched`, bytes of `models.expert_bytes_read`.

    Returns
    -------
    Explorer
    """

    def figure(t: Any, model: Any, bytes_per_param: Any) -> Figure:
        first = tabulate(lambda one: waking(int(one.experts), int(one.experts_active)), model)
        kind = np.where(first < t, 1.0, np.where(first == t, 2.0, np.where(first > t, 0.0, np.nan)))
        touched = experts_touched(t, model.experts, model.experts_active)
        return Figure(
            x=Axis.blank(-0.7, COLUMNS - 0.3), y=Axis.blank(-0.7, ROWS - 0.3),
            marks=[Cells(kind, "experts of a layer", kinds=AWAKE, at=(0, ROWS - 1), step_by=(1, -1))],
            readouts=[
                Readout("Awake here", np.sum(np.where(first <= t, 1.0, 0.0))),
                Readout("Awake on average", touched), Readout("Share of all experts", touched / model.experts, "%"),
                Readout("Expert weights read in the step", expert_bytes_read(
                    t, model.experts, model.experts_active, model.n_params_expert, bytes_per_param), "B"),
                Readout("Read for each token", expert_bytes_read(
                    t, model.experts, model.experts_active, model.n_params_expert, bytes_per_param) / t, "B"),
            ],
        )

    return explore(
        figure, name="experts-awake", title="A batch wakes one expert after the other",
        watch="Play: tokens join the batch. When is most of the layer awake, and what has the read per token done by "
              "then?",
        alt="A grid of 256 cells, most of them empty. Some fifty are filled, a few of them marked as woken by the "
            "newest token.",
        t=Play(1, TOKENS, value=8, unit="tokens", label="Tokens in the step", seconds=12),
        model=model_choice("deepseek-v3", "gpt-oss-120b", "qwen3-235b-a22b", "mixtral-8x7b", "kimi-k2",
                           note="Choices were drawn for each of these models beforehand, so no other can be brought."),
        bytes_per_param=precision_choice(1, 0.5, 2, label="Weight precision"),
        presets={"One user": {"t": 1}, "Few experts": {"model": "mixtral-8x7b"}},
    )
