"""Chapter 10, custom silicon."""

from __future__ import annotations

from ... import catalog, models, silicon
from ...buying import ownership
from ...hardware import accelerators, roofline
from ...quantities.units import text
from ...silicon import programme, ramp, reference
from .exercise import Exercise, known

_WAFER = catalog.silicon("wafer-n5").value
_DEFECTS = catalog.silicon("defects-n5").value
_SAVING = catalog.silicon("mtia-2i-saving").value
_START, _END = catalog.silicon("mtia-2i-port-start").value, catalog.silicon("mtia-2i-port-end").value
_2I, _H100, _7B = accelerators.get("mtia-2i"), accelerators.get("h100-sxm"), models.get("llama-2-7b")
_2I_AREA = known(_2I.die_area_mm2)
_H100_AREA = known(_H100.die_area_mm2)
_2I_BANDWIDTH = known(_2I.hbm_bytes_per_s)
_2I_BF16 = known(_2I.bf16_flop_per_s)

_dies = silicon.gross_dies(_2I_AREA)
_yield = silicon.negative_binomial_yield(_2I_AREA, _DEFECTS)
_die = silicon.die_usd(_WAFER, _2I_AREA, _DEFECTS)
_no_rim = silicon.good_die_usd(_WAFER, 70685.8 / _2I_AREA, _yield)
_h100_die = silicon.die_usd(_WAFER, _H100_AREA, _DEFECTS, 0.5)
_h100_price = silicon.price_at_margin(catalog.silicon("bom-h100").value, catalog.silicon("margin-chip-h100").value)

_recovery = ownership.capital_recovery_factor(0.08, 5)
_stack = silicon.margin_stack(reference.h100_build(), reference.h100_margins(), _recovery, reference.RUNNING_USD_PER_YEAR,
                              reference.UTILISATION)
_per_gpu = catalog.deepseek_day().output_tok_per_gpu
_units = programme.break_even_units(reference.one_digit(reference.programme_usd()), 60_000, _SAVING)
_prompts = _units * _per_gpu / 500
_floor = roofline.bounds(roofline.decode_work(1, 0, 0, 2 * _7B.n_params_read, _7B.n_params_read),
                         roofline.Roof(_2I_BANDWIDTH, _2I_BF16)).overlapped_s
_left = ramp.perf_per_tco_after_delay(_END, 2, 0.4)

EXERCISES = (
    Exercise(
        id="asic-q1",
        level="guess",
        question=f"An H100 is cut from a wafer that is said to cost {text(_WAFER, 'USD')}. Its die is {_H100_AREA:g} "
                 f"mm². The chip sold for about {text(_h100_price, 'USD')}. What does "
                 "one good die cost?",
        answer=_h100_die,
        unit="USD",
        solution=f"About {silicon.gross_dies(_H100_AREA):.0f} dies fit on the wafer. If half of the dies with a defect "
                 f"can still be sold, one good die costs {text(_h100_die, 'USD')}: near one per cent of the price.",
    ),
    Exercise(
        id="asic-q2",
        level="guess",
        question="A chip costs $3,320 to make and is sold at a gross margin of 88%. Eight of them and $32,010 of other parts "
                 "make a server, sold at 5%. A cloud buys it at 8% for five years, pays $45,000 a year to run it, sells 70% of "
                 "the hours and keeps a gross margin of 30%. By how much does its price per chip-hour exceed the cost of the "
                 "same hour with no margin anywhere?",
        answer=_stack.multiple,
        unit="×",
        solution=f"The hour sells at {text(_stack.cloud_usd_per_hour, 'USD')} and costs {text(_stack.bare_usd_per_hour, 'USD')} "
                 f"with no margin: {text(_stack.multiple, '×')}. The chip's own margin is large, but power, space, people and "
                 "idle hours do not shrink with it.",
    ),
    Exercise(
        id="asic-q3",
        level="guess",
        question=f"A programme costs $700 million before its first chip and over its life. A GPU costs $60,000 over five years. "
                 f"The new chip saves {text(_SAVING, '%')} of that at equal work. A prompt takes 500 output tokens, and a GPU "
                 f"writes {text(_per_gpu)} of them a day, as DeepSeek's did. How many prompts a day pay for the programme?",
        answer=_prompts,
        unit="prompts",
        per="day",
        solution=f"\\( 700 \\times 10^6 / (60{{,}}000 \\times 0.44) \\) = {text(_units)} GPUs' worth of work. Each answers "
                 f"{text(_per_gpu / 500)} prompts a day: {text(_prompts)} prompts in all. That is the \"billions\" of the claim, "
                 "if the saving is real on this work.",
    ),
    Exercise(
        id="asic-q4",
        level="guess",
        question=f"A token of {_7B.title} in 16 bits needs {text(2 * _7B.n_params_read, 'B')} of weights. A {_2I.title} reads its memory at "
                 f"{text(_2I_BANDWIDTH, 'B/s')}. One user reads along. How long does a token take at the least?",
        answer=_floor,
        unit="s",
        solution=f"{text(2 * _7B.n_params_read, 'B')} / {text(_2I_BANDWIDTH, 'B/s')} = {text(_floor, 's')}. Meta's target was "
                 f"{text(catalog.silicon('mtia-2i-tpot-limit').value, 's')}.",
    ),
    Exercise(
        id="asic-1",
        level="warm-up",
        question=f"The die of {_2I.title} is {_2I_AREA} mm², on a wafer of 300 mm that costs {text(_WAFER, 'USD')}, with "
                 f"{_DEFECTS * 100:g} defects per cm². Use the formulas of this chapter, clustering 3, no spares. What does a "
                 "good die cost?",
        answer=_die,
        unit="USD",
        wrong=((_WAFER / _dies, "That is a die, good or bad. Divide by the yield."),
               (_no_rim, "You divided area by area. The rim of the wafer cuts dies off: subtract the second term."),
               (silicon.good_die_usd(_WAFER, _dies, silicon.poisson_yield(_2I_AREA, _DEFECTS)),
                "That is Poisson's yield. With clustered defects more dies work.")),
        tolerance=0.015,
        solution=f"{_dies:.1f} dies, {text(_yield, '%')} of them good: {text(_WAFER, 'USD')} / ({_dies:.1f} × {_yield:.3f}) = "
                 f"{text(_die, 'USD')}.",
    ),
    Exercise(
        id="asic-2",
        question=f"A chip does the work of a GPU at {text(_SAVING, '%')} lower cost of ownership. What is its performance per "
                 "cost of ownership, with the GPU at 1?",
        answer=programme.perf_per_tco_from_saving(_SAVING),
        unit="×",
        wrong=((1 + _SAVING, "A saving is not a gain: 44% less cost is more than 44% more work per dollar."),
               (1 / _SAVING, "That divides by what is saved. Divide by what is still paid.")),
        solution=f"\\( 1 / (1 - 0.44) \\) = {text(programme.perf_per_tco_from_saving(_SAVING), '×')}.",
    ),
    Exercise(
        id="asic-3",
        question="A programme costs $300 million. A GPU costs $60,000 over its life and the new chip saves 44% at equal work. "
                 "Three of the new chips do the work of one GPU. How many of the new chips must be built before it pays?",
        answer=3 * programme.break_even_units(300e6, 60_000, 0.44),
        unit="chips",
        wrong=((programme.break_even_units(300e6, 60_000, 0.44), "Those are GPUs' worth of work. Three chips make one."),
               (3 * 300e6 / 60_000, "You divided by the whole cost of a GPU. Only 44% of it is saved."),
               (programme.break_even_units(300e6, 60_000, 0.44) / 3, "Three chips per GPU, not three GPUs per chip.")),
        solution=f"{text(programme.break_even_units(300e6, 60_000, 0.44))} GPUs' worth of work, and three chips for each: "
                 f"{text(3 * programme.break_even_units(300e6, 60_000, 0.44))} chips.",
    ),
    Exercise(
        id="asic-4",
        level="harder",
        question=f"On the day its design begins, a chip promises {_END:g} times the performance per cost of the GPU of that day. It "
                 "serves two years later. What the same money buys in GPUs improves by 40% a year. What is the advantage on the "
                 "first day of service?",
        answer=_left,
        unit="×",
        wrong=((_END, "That is against the GPU of two years before. You could buy a newer one."),
               (_END / 1.8, "40% a year compounds: two years make 1.4 × 1.4."),
               (_END * 1.96, "The rival's progress divides the advantage.")),
        solution=f"\\( 1.8 / 1.4^2 \\) = {text(_left, '×')}. The chip arrives behind. It was overtaken after "
                 f"{text(ramp.years_until_overtaken(_END, 0.4), '')} years.",
    ),
    Exercise(
        id="asic-5",
        level="open",
        question="You run a service that fills 3,000 GPUs. A designer offers a chip of your own for $150 million and promises 44%. "
                 "A rival of your GPU's maker offers its chip at 25% less than you pay now, with software that your team has "
                 "never used. Which questions do you ask first, and which offer do you try first?",
        answer=None,
        unit="",
        solution=f"On your own chip: 44% of what, on which of your models, at which latency? Who pays for a second tape-out? At "
                 f"$60,000 a GPU the programme needs {text(programme.break_even_units(150e6, 60_000, 0.44))} GPUs' worth of "
                 "work if all goes well, and you have 3,000. On the rival's: 25% of the price of a chip is less than 25% of the "
                 "cost of ownership, and the port costs months, in which you pay for both. But there is no $150 million to lose, "
                 "and you can stop after a month. Try the rival's first: the offer alone may move your present price.",
    ),
)
