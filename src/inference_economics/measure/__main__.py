"""Measure this machine against its own roofline: ``python -m inference_economics.measure``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from .plan import SMALL
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
    options = parser.parse_args(arguments)
    try:
        report = run(SMALL if options.small else None, memory_bytes=options.memory_bytes, limit_s=options.limit_s,
                     progress=lambda line: print(line, flush=True))
    except (ValueError, MemoryError) as problem:
        print(f"Nothing was measured: {problem}", file=sys.stderr)
        return 1
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
