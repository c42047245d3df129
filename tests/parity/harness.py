"""One Node process that holds the page's script, and the sending of numbers to it and back without loss."""

from __future__ import annotations

import base64
import functools
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from kernelless import runtime
from kernelless.ops import ELEMENTWISE, REDUCTIONS, ROWWISE
from kernelless.program import compile_program, instructions
from kernelless.trace import Graph

# Stands at the end of the page's script, in its scope, in place of what starts a page.
MAIN = """{
const floats = (s) => new Float64Array(new Uint8Array(Buffer.from(s, "base64")).buffer);
const pack = (a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString("base64");
const NUMBER = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity, "-0": -0 };
const revive = (v) => (v !== null && typeof v === "object" && "number" in v ? NUMBER[v.number] : v);
Object.assign(KINDS, BOXES);
const DO = {
  // Every output of a program at each of many settings, one after the other.
  run({ program, settings, outputs }) {
    const p = load(program), n = program.inputs.length, rows = floats(settings), count = n ? rows.length / n : 1;
    const width = outputs.reduce((sum, o) => sum + p.values[o].length, 0), out = new Float64Array(count * width);
    for (let r = 0, at = 0; r < count; r++) {
      p.evaluate(Object.fromEntries(program.inputs.map((name, i) => [name, rows[r * n + i]])));
      for (const o of outputs) { out.set(p.values[o], at); at += p.values[o].length; }
    }
    return pack(out);
  },
  texts: ({ values, unit, digits }) => [...floats(values)].map((v) => text(v, unit, digits)),
  // What the page writes at each setting: readouts, labels, states and controls, as static/explorer.js writes them.
  words({ spec, settings }) {
    const [left, top, width, height] = spec.frame, { axes, marks } = spec;
    for (const c of spec.controls) if (c.own) { c.keys.push("own:"); c.titles.push(c.own.title); } // one brought
    const plot = { axes, marks, px: scaleOf(axes.x, left, width), py: scaleOf(axes.y, top + height, -height) };
    const p = load(spec.program), v = p.values, n = spec.controls.length, rows = floats(settings), all = [];
    for (let r = 0; r < rows.length / n; r++) {
      const at = Object.fromEntries(spec.controls.map((c, i) => [c.name, rows[r * n + i]]));
      p.evaluate(at);
      const value = (c) => (c.kind === "choice" ? c.keys[at[c.name]] : c.stops ? c.stops[at[c.name]] : at[c.name]);
      all.push([
        ...spec.readouts.map((m) => text(v[m.value][0], m.unit)),
        ...spec.marks.filter((m) => ["rule", "label", "bracket", "note"].includes(m.kind)).map((m) => wordsOf(m, v)),
        ...spec.states.map((s) => chosen(v[s.ok][0] !== 0 ? s.holds : s.fails, v)),
        unseen(plot, v),
        ...spec.controls.map((c) => show(c, value(c))),
      ]);
    }
    return all;
  },
  snap: ({ control, given }) => given.map((g) => {
    const value = snap(control, revive(g));
    return [typeof value, String(value), encode(control, value), show(control, value)];
  }),
  verdict: ({ asked, guess, truth, xs, unit }) => verdictOf(asked, guess, truth, xs, unit),
  stops: ({ control }) => stopsOf(control),
  typed: ({ control, words, now }) => understand(control, words, now),
};
require("readline").createInterface({ input: process.stdin, terminal: false }).on("line", (line) => {
  let answer;
  try {
    const asked = JSON.parse(line);
    answer = { is: DO[asked.do](asked) };
  } catch (error) {
    answer = { error: String(error.stack) };
  }
  process.stdout.write(JSON.stringify(answer) + "\\n");
});
}"""


class Page:
    """The page's script in Node."""

    def __init__(self, node: str):
        self._folder = tempfile.TemporaryDirectory()
        script = Path(self._folder.name) / "page.cjs"
        script.write_text(runtime.script(MAIN), encoding="utf-8")
        self._process = subprocess.Popen([node, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                         encoding="utf-8")

    def ask(self, what: str, **question):
        self._process.stdin.write(json.dumps({"do": what, **question}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["is"]

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._folder.cleanup()

    def run(self, program: dict, outputs: list[int], settings: np.ndarray) -> np.ndarray:
        """Return every output at each row of settings, outputs side by side."""
        settings = np.ascontiguousarray(settings, dtype=float)
        answer = self.ask("run", program=program, outputs=outputs, settings=packed(settings))
        got = np.frombuffer(base64.b64decode(answer))
        return got.reshape(max(len(settings), 1), -1)

    def texts(self, values, unit: str, digits: int = 3) -> list[str]:
        return self.ask("texts", values=packed(values), unit=unit, digits=digits)

    def evaluate(self, function, *arguments: float):
        """Trace `function`, and return its result in the page at these arguments, in its own shape."""
        graph = Graph()
        names = [f"p{i}" for i in range(len(arguments))]
        result = graph.lift(function(*(graph.parameter(name) for name in names)))
        # An argument that the result does not need is still set, so every program has its inputs in this order.
        inputs = [graph.parameter(name) for name in names]
        program, (*_, number) = compile_program(graph, [*inputs, result])
        return self.run(program, [number], np.array([arguments], dtype=float))[0].reshape(result.shape)


def packed(values) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=float).tobytes()).decode()


@functools.cache
def page(node: str) -> Page:
    """Return the one Node process of this test session."""
    import atexit

    started = Page(node)
    atexit.register(started.close)
    return started


def same(a, b) -> np.ndarray:
    """Say where two arrays are equal to the last bit: NaN equals NaN, and -0 is not 0."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return (np.isnan(a) & np.isnan(b)) | ((a == b) & (np.signbit(a) == np.signbit(b)))


def exact_values(program: dict) -> list[bool]:
    """Say of each value of a program whether only exact operations stand before it."""
    exact = [True] * (len(program["inputs"]) + len(program["constants"]))
    for op, _, *references in instructions(program):
        own = ELEMENTWISE[op].exact if op in ELEMENTWISE else REDUCTIONS.get(op, True)
        arguments = references[:-1] if op == "take" or op in ROWWISE else references
        exact.append(own and all(exact[argument] for argument in arguments))
    return exact
