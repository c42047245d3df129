"""Measure this machine against its own roofline: ``python -m inference_economics.measure``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ..quantities.checks import whole
from .plan import SMALL
from .recorded import best_of
from .report import plot, table
from .run import run


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, plot and save. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m inference_economics.measure",
                                     description="Measure this machine against its own roofline.")
    parser.add_argument("--out", type=Path, help="where to save (default: measure-DATE.json here); the plot goes "
                                                 "beside it, as .svg")
    parser.add_argument("--memory-bytes", type=float, help="most memory to use (default: half of what is free)")
    parser.add_argument("--limit-s", type=float, default=180.0, help="start nothing after this time (default: 180)")
    parser.add_argument("--small", action="store_true", help="the small plan, a few seconds")
    parser.add_argument("--runs", type=int, default=1, help="measure so often and keep the best of each (default: 1)")
    options = parser.parse_args(arguments)
    try:
        reports = [run(SMALL if options.small else None, memory_bytes=options.memory_bytes, limit_s=options.limit_s,
                       progress=lambda line: print(line, flush=True)) for _ in range(whole(runs=options.runs))]
    except (ValueError, MemoryError) as problem:
        print(f"Nothing was measured: {problem}", file=sys.stderr)
        return 1
    report = reports[0] if len(reports) == 1 else best_of(reports)
    print("\n" + table(report))
    out = options.out or Path(f"measure-{report['machine']['date']}.json")
    out.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\nSaved {out}")
    if report["decode"]:
        plot(report).savefig(out.with_suffix(".svg"))
        print(f"Saved {out.with_suffix('.svg')}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
