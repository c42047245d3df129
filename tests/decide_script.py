"""The scripts of the page of the decision in Node: what they make of settings and of files."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from inference_economics.chapters.decide import brief, page, room
from inference_economics.chapters.kit.own import READER
from kernelless import runtime

MAIN = """
const { spec, kit, tasks } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const program = load(spec.program);
const shownAt = (settings) => {
  const numbers = Object.fromEntries(spec.controls.map((c) => [c.name, encode(c, settings[c.name])]));
  program.evaluate(numbers);
  return { spec, settings, numbers, values: program.values, address: "https://here" };
};
const plain = (v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v);
const DO = {
  memo: ({ settings, date, address }) => memoText(kit, shownAt(settings), date, address),
  ledger: ({ settings }) => ledgerText(kit, shownAt(settings)),
  usage: ({ words, counted, settings }) => bringUsage(kit.bring, words, counted, shownAt(settings)),
  totals: ({ words }) => Object.entries(readUsage(words, kit.bring.shapes, kit.bring.batch, kit.bring.full))
    .map(([k, v]) => [k, plain(v)]),
  rows: ({ words }) => benchmarkRows(kit.bring, words).map((row) => Object.entries(row).map(([k, v]) => [k, plain(v)])),
  benchmark: ({ words, settings }) => bringBenchmark(kit.bring, words, shownAt(settings)),
  faults({ words, settings }) {
    const brought = bringUsage(kit.bring, words, NaN, shownAt(settings));
    return withFaults(brought.words, spec.controls, brought.settings);
  },
  config: ({ words }) => bringConfig(kit.bring, readBrought(words).numbers),
  time({ settings, key, values }) {
    const took = values.map((value) => {
      const from = process.hrtime.bigint();
      shownAt({ ...settings, [key]: value });
      return Number(process.hrtime.bigint() - from) / 1e6;
    });
    return took.sort((a, b) => a - b)[Math.floor(took.length / 2)];
  },
};
process.stdout.write(JSON.stringify(tasks.map((task) => {
  try { return { is: DO[task.do](task) }; } catch (error) { return { refused: error.message }; }
})));
"""


def do(node: str, *tasks: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the page's scripts make of each task: ``{"is": …}`` or ``{"refused": …}``."""
    made = page.explorer()
    controls = [{"name": key, "label": control.label} | control.spec() for key, control in made.controls_spec.items()]
    spec = made.spec | {"presets": made.presets, "program": made.program, "controls": controls}
    script = runtime.join(room.STATIC / "brief.js", room.STATIC / "reading_in.js", READER) + MAIN
    asked = json.dumps({"spec": spec, "kit": brief.kit(), "tasks": tasks})
    with tempfile.TemporaryDirectory() as folder:  # longer than a command line may be
        path = Path(folder) / "decide.js"
        path.write_text(script, encoding="utf-8")
        done = subprocess.run([node, path], input=asked, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
