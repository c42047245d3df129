"""Chapter 11, the whole stack."""

from __future__ import annotations

from ... import catalog
from ...hardware import accelerators, kernels
from ...measure import recorded
from ...quantities.units import text
from ...silicon import programme
from .. import rulings
from . import slips
from .exercise import Exercise, known

_RATES = recorded.load()["matmul"]
_H100, _A100 = accelerators.get("h100-sxm"), accelerators.get("a100-sxm-80gb")
_H100_BF16 = known(_H100.bf16_flop_per_s)
_H100_HBM = known(_H100.hbm_bytes)
_library = _RATES["library"] / _RATES["python"]
_scores = 32 * 32_768**2 * 2
_team, _gpu_year, _gain = rulings.TEAM_USD_PER_YEAR, 15_000, 0.1
_saving = programme.saving_from_perf_per_tco(1 + _gain)
_fleet = programme.break_even_units(_team, _gpu_year, _saving)

_rows = catalog.published("llama3-mfu").records()[1]
_mfu = _rows["tflops_per_gpu"] * 1e12 / _H100_BF16
_a100_mfu = _rows["tflops_per_gpu"] * 1e12 / (2 * _H100_BF16)

_stored = kernels.attention_bytes_stored(8192, 32, 128)
_fused = kernels.attention_bytes_fused(8192, 32, 128, 2048)
_once = 4 * 32 * 8192 * 128 * 2
_whole = kernels.end_to_end_speedup(0.3, 4)
_budget = catalog.datacentre("mtia-2i-power-budget").value

EXERCISES = (
    Exercise(
        id="stk-q1",
        level="guess",
        question="The definition of a matrix product, written as loops in Python, does some number of multiplications and "
                 "additions per second. `a @ b` calls a library that was tuned for the processor. On one two-core machine, how "
                 "many times faster is the library per operation?",
        answer=_library,
        unit="×",
        solution=f"{text(_RATES['library'], 'FLOP/s')} against {text(_RATES['python'], 'FLOP/s')}: {text(_library, '×')}. A plain "
                 f"compiled loop does {text(_RATES['compiled'], 'FLOP/s')}, so the compiler explains {text(_RATES['compiled'] / _RATES['python'], '×')} "
                 f"and the rewriting for this processor another {text(_RATES['library'] / _RATES['compiled'], '×')}.",
    ),
    Exercise(
        id="stk-q2",
        level="guess",
        question="Attention compares every token with every other. In one layer with 32 heads, over a prompt of 32,768 tokens, the "
                 "scores are kept in two bytes each. How many bytes do they take?",
        answer=_scores,
        unit="B",
        solution=f"\\( 32 \\times 32768^2 \\times 2 \\) = {text(_scores, 'B')} for one layer of one prompt, most of the memory of an "
                 f"{_H100.title} ({text(_H100_HBM, 'B')}). A fused kernel stores none of them.",
    ),
    Exercise(
        id="stk-q3",
        level="guess",
        question="Twenty engineers cost $400,000 a year each. They make every GPU of a fleet do 10% more. Owning a GPU costs $15,000 "
                 "a year. How large must the fleet be before the team pays for itself?",
        answer=_fleet,
        unit="GPUs",
        solution=f"10% more work is the same work on {text(1 / 1.1, '%')} of the GPUs: {text(_saving, '%')} saved. "
                 f"\\( 20 \\times 400{{,}}000 / (15{{,}}000 \\times {_saving:.4f}) \\) = {text(_fleet)} GPUs.",
    ),
    Exercise(
        id="stk-1",
        level="warm-up",
        question=f"In one stage of its training, Llama 3 405B did {_rows['tflops_per_gpu']:g} TFLOP/s of useful work on each H100, whose "
                 f"dense peak in bf16 is {text(_H100_BF16, 'FLOP/s', 4)}. What is its MFU?",
        answer=_mfu,
        unit="%",
        wrong=((_a100_mfu, "That divides by the peak with sparsity. No weight is skipped here: take the dense peak."),),
        solution=f"400 / 989.4 = {text(_mfu, '%')}. The paper prints {_rows['mfu_percent']}%, from a rounded rate.",
    ),
    Exercise(
        id="stk-2",
        question="One layer with 32 heads of 128 channels attends over a prompt of 8,192 tokens, in two bytes. Stored, it moves what "
                 "the chapter's equation says on the left. Fused, sixteen cores share a head and hold 2,048 queries at once. By what "
                 "factor do the bytes fall?",
        answer=_stored / _fused,
        unit="×",
        wrong=((_stored / _once, "That reads every key and value once. They are read again for each of the 4 blocks of queries."),
               (_fused / _stored, "The other way round: how many times fewer.")),
        solution=f"Stored: \\( 4 \\times 32 \\times 8192 \\times (128 + 8192) \\times 2 \\) = {text(_stored, 'B')}. Fused: \\( 2 \\times 32 "
                 f"\\times 8192 \\times 128 \\times (1 + 4) \\times 2 \\) = {text(_fused, 'B')}. The ratio is {text(_stored / _fused, '×')}.",
    ),
    Exercise(
        id="stk-3",
        question="Attention takes 30% of a step. A new kernel makes it four times faster. How much faster is the step?",
        answer=_whole,
        unit="×",
        wrong=((1 + 0.3 * 3, "That adds 30% of the gain. The other 70% of the time stays as it was: add times, not speeds."),
               (4.0, "Only if the step were nothing but attention."),
               (1 / 0.7, "That is the limit, with attention for nothing.")),
        tolerance=0.01,
        solution=f"\\( 1 / (0.7 + 0.3 / 4) \\) = {text(_whole, '×')}; never more than \\( 1 / 0.7 \\) = {text(1 / 0.7, '×')}.",
    ),
    Exercise(
        id="stk-4",
        level="harder",
        question=f"Meta had reserved a certain power for each rack. After measuring what its racks draw, it cut the reserve by about "
                 f"{text(_budget, '%')}. How many more servers does the same building hold?",
        answer=1 / (1 - _budget) - 1,
        unit="%",
        wrong=((_budget, "40% less per server is more than 40% more servers."),
               slips.ratio_for_gain(1 / (1 - _budget) - 1)),
        solution=f"\\( 1 / (1 - 0.4) - 1 \\) = {text(1 / (1 - _budget) - 1, '%')}, without a line of kernel code, where power is what "
                 "limits the building.",
    ),
    Exercise(
        id="stk-5",
        level="open",
        question="You serve one open model on 64 GPUs. A consultant offers to write kernels for you and promises 30% more tokens per "
                 "second for $500,000. Your engine's next version is free and arrives in three months. What do you ask, and what do "
                 "you measure first?",
        answer=None,
        unit="",
        solution=f"First the size: 30% on 64 GPUs at $15,000 a year saves {text(64 * 15_000 * programme.saving_from_perf_per_tco(1.3), 'USD')} "
                 "a year, so the price is more than two years of it. Then where the time goes: which part of the step, at your batch "
                 "and context, is far from its bound, and what share of the time it takes. If that share is 20%, no kernel gives 30%. "
                 "Then how the promise is measured: end to end, at your latency target, against the newest version of the engine. "
                 "And who keeps the kernels working when the model or the chip changes.",
    ),
)
