"""What was measured, as a table and as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..quantities import units

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def table(report: dict[str, Any]) -> str:
    """Return a report as text, predicted beside measured."""
    rate, flop = report["bandwidth"], report["matmul"]
    lines = ["Memory    " + ", ".join(f"{name} {units.text(value, 'B/s')}" for name, value in rate.items()),
             "Matrices  " + ", ".join(f"{name} {units.text(value, 'FLOP/s')}" for name, value in flop.items()),
             f"          the library is {units.text(flop['library'] / flop['compiled'], '×')} the compiled loop, "
             f"{units.text(flop['library'] / flop['python'], '×')} the Python loop",
             "", "KV heads  batch      bound   measured   ratio"]
    for row in report["decode"]:
        bound, measured = (units.text(row[name], "s") for name in ("bound_s", "measured_s"))
        lines.append(f"{row['kv_heads']:8d}  {row['batch']:5d}  {bound:>9}  {measured:>9}  "
                     f"{units.text(row['ratio'], '×'):>6}")
    if report["left_out"]:
        lines.append(f"left out, for lack of time: {len(report['left_out'])} of the steps")
    if report["plan"]["array_bytes"] < 2 * report["machine"]["cache_bytes"]:
        lines.append(f"The streamed array is not much larger than the processor's cache "
                     f"({units.text(report['machine']['cache_bytes'], 'B')}), so the bandwidth may be flattered.")
    return "\n".join(lines)


def plot(report: dict[str, Any]) -> Figure:
    """Draw predicted against measured step times.

    Parameters
    ----------
    report : dict
        From `run`.

    Returns
    -------
    matplotlib.figure.Figure
        Measured times as dots, the bound as a line, one colour per number of KV heads.
    """
    from matplotlib.figure import Figure

    if not report["decode"]:
        raise ValueError("the report holds no decode step to draw; measure again with a larger limit_s.")
    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.subplots()
    for number, kv_heads in enumerate(sorted({row["kv_heads"] for row in report["decode"]}, reverse=True)):
        rows = [row for row in report["decode"] if row["kv_heads"] == kv_heads]
        batch = [row["batch"] for row in rows]
        axes.plot(batch, [row["bound_s"] for row in rows], color=f"C{number}", label=f"KV heads {kv_heads}, bound")
        axes.plot(batch, [row["measured_s"] for row in rows], "o", color=f"C{number}",
                  label=f"KV heads {kv_heads}, measured")
    axes.set(xscale="log", yscale="log", xlabel="batch (sequences)", ylabel="step time")
    batches = sorted({row["batch"] for row in report["decode"]})
    axes.set_xticks(batches, map(str, batches))
    axes.minorticks_off()
    low, high = axes.get_ylim()
    ticks = [digit * 10.0**power for power in range(-6, 3) for digit in (1, 2, 5)]
    shown = [tick for tick in ticks if low <= tick <= high]
    axes.set_yticks(shown, [units.text(tick, "s") for tick in shown])
    axes.legend(frameon=False, fontsize="small")
    return figure
