"""Chapter 14, the argument tested."""

from __future__ import annotations

from ...decision import savings
from ...quantities.units import text
from .. import rulings, tipping
from .exercise import Exercise

_one = tipping.tipping()
_hold = sum(float(value) >= 1 for value in _one)
_rungs = rulings.example().rungs
_spent, _chip = rulings.training_against_serving(), rulings.own_chip()
_platform = rulings.efficiency()
_tie = _platform.platform / (1 - 1 / _platform.smaller_model)
_days = _spent.days * 10
_quarter = _rungs[2] / 0.25 / _rungs[0]
_half_saving = rulings.own_chip().prompts * 2
_gain = 1 / (1 - savings.saved_by_smaller_model(0.3, 8.0))

EXERCISES = (
    Exercise(
        id="arg-q1",
        level="guess",
        question="How many of the twelve hold, with the inputs of their chapters?",
        answer=_hold,
        unit="",
        solution=f"{_hold}: " + "; ".join(name for name, value in zip(tipping.CLAIMS, _one, strict=True) if value >= 1)
                 + ". The figure further down shows by how much.",
    ),
    Exercise(
        id="arg-q2",
        level="guess",
        question="Llama-3.1 70B runs in fp8 on four rented H100, 64 requests in flight, half of the hours used. How many "
                 "times the price of its peak arithmetic does a token cost?",
        answer=_rungs[3] / _rungs[0],
        unit="×",
        solution=f"{text(_rungs[0] * 1e6, 'USD/Mtok')} at peak, {text(_rungs[1] * 1e6, 'USD/Mtok')} by the data sheet, memory "
                 f"counted, {text(_rungs[2] * 1e6, 'USD/Mtok')} with an engine as measured, "
                 f"{text(_rungs[3] * 1e6, 'USD/Mtok')} when half of the hours are used.",
    ),
    Exercise(
        id="arg-q3",
        level="guess",
        question="A platform can double the work that each chip does, which saves "
                 f"{text(_platform.platform, '%')} of its bill. Or it can give some prompts to a smaller model that costs "
                 f"{text(1 / _platform.smaller_model, '%')} as much. What share of the prompts must the smaller model take to "
                 "save as much?",
        answer=_tie,
        unit="%",
        solution=f"\\( q = s / (1 - 1/r) \\): {text(_platform.platform, '%')} over "
                 f"{text(1 - 1 / _platform.smaller_model, '%')}, which is {text(_tie, '%')}.",
    ),
    Exercise(
        id="arg-1",
        level="warm-up",
        question=f"On DeepSeek's published day, serving passes the cost of the final run after {text(_spent.days, 'days')}. A "
                 "service has a tenth of that demand, at the same cost of a token and of a run. After how many days does it "
                 "get there?",
        answer=_days,
        unit="days",
        wrong=((_spent.days / 10, "Less demand means a smaller bill each day, so it takes longer."),
               (_spent.days, "The daily bill is a tenth. The run costs the same.")),
        solution=f"The run costs the same and the day a tenth: {text(_days, 'days')}. If a new run is due each year, the "
                 "inversion must wait for the second bill too.",
    ),
    Exercise(
        id="arg-2",
        question=f"The same four H100 as in question 2: {text(_rungs[0] * 1e6, 'USD/Mtok')} at peak, "
                 f"{text(_rungs[2] * 1e6, 'USD/Mtok')} with an engine as measured. Now only a quarter of the hours are used. How "
                 "many times the price of peak arithmetic does a token cost?",
        answer=_quarter,
        unit="×",
        wrong=((_rungs[2] / _rungs[0], "That is with every hour used. Empty hours are paid for as well."),
               (_rungs[2] / _rungs[0] * 0.25, "Fewer hours used make a token dearer: divide by the utilisation."),
               (_rungs[3] / _rungs[0], "That is with half of the hours used. Here it is a quarter.")),
        solution=f"\\( {_rungs[2] / _rungs[0]:.2f} / 0.25 \\) = {text(_quarter, '×')}. Filling the hours is worth as much as "
                 "any chip in this book.",
    ),
    Exercise(
        id="arg-3",
        question=f"A chip programme pays from {text(_chip.prompts)} prompts a day at a saving of {text(_chip.saving, '%')}. On "
                 "language models it turns out to save half as much. From how many prompts a day does it pay?",
        answer=_half_saving,
        unit="prompts",
        per="day",
        wrong=((_chip.prompts / 2, "A smaller saving needs more work to pay for the same programme."),
               (_chip.prompts * 4, "The saving enters once, not squared."),
               (_chip.prompts, "The programme costs the same, and each prompt repays less of it.")),
        solution=f"The volume is the programme over the saving of each prompt: {text(_half_saving)} prompts. A chip that is "
                 "used with a chance of one in two asks for the same.",
    ),
    Exercise(
        id="arg-4",
        level="harder",
        question="A smaller model costs an eighth of the larger and can take 30% of the prompts. By what factor must the work "
                 "of each chip rise to save as much, if the whole bill falls with it?",
        answer=_gain,
        unit="×",
        wrong=((8 * 0.3, "Savings add up, prices do not: first compute the share of the bill that is saved."),
               (1 + savings.saved_by_smaller_model(0.3, 8.0), "That adds the saving to one. A saving of s is worth 1/(1 − s)."),
               (1 / 0.7, "That makes the smaller model free. It costs an eighth.")),
        solution=f"The routing saves \\( 0.3 \\times (1 - 1/8) \\) = {text(savings.saved_by_smaller_model(0.3, 8.0), '%')}. "
                 f"The same from efficiency needs \\( 1/(1 - s) \\) = {text(_gain, '×')}, about what a good year of kernels "
                 "brings.",
    ),
    Exercise(
        id="arg-5",
        level="open",
        question="Choose the ruling that you agree with least. Name the one number that would turn it round, open its explorer "
                 "from the table, and set that number. Is there published evidence for your setting? If not, what measurement "
                 "would settle it, and who could make it?",
        answer=None,
        unit="",
        solution="There is no general answer. A good one names a quantity with a unit, a threshold, and a source. Three worth "
                 "trying: a cost per token of MTIA on language models would settle C5, and only Meta can publish it; audited "
                 "accounts that split compute into research, final runs and serving would settle C2; a record of retired "
                 "models, with the notice that each gave, would allow a ruling on C11's longevity. If your setting is possible "
                 "but nobody has measured it, the right ruling is the one with a condition.",
    ),
)
