"""The page's script, put together."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import typecheck

from kernelless import runtime
from kernelless.parts import Mark


def test_the_script_is_small_and_may_stand_in_a_page():
    """The figures' own script, compressed as a server would: what a page always loads, and that with all the rest.

    What a caller adds is counted by the caller: tests/chapters/exercises has the book's answer boxes.
    """
    first, later, *apart = runtime.pieces().values()
    assert len(gzip.compress(first.encode())) < 15_000
    assert sum(len(gzip.compress(text.encode())) for text in (first, later, *apart)) < 35_000
    assert [len(gzip.compress(text.encode())) < 7_500 for text in apart] == [True]  # what few pages ask for
    assert len(gzip.compress(runtime.style().encode())) < 5_000
    for script in (runtime.script(), first, later, *apart):
        assert not re.search(r"</script|<!--|<script", script)
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|import\(", script)
        assert not re.search(r"https?://(?!www\.w3\.org)", script)


def test_the_script_is_written_for_a_site(tmp_path):
    runtime.write(tmp_path / "new")
    names = ("kernelless.js", "kernelless-later.js", "kernelless-third.js", "kernelless.css")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(names)
    written = [(tmp_path / "new" / name).read_text(encoding="utf-8") for name in names]
    assert written == [*runtime.pieces().values(), runtime.style()]


def test_a_caller_adds_modules_of_its_own_after_those_that_they_import(tmp_path):
    box = tmp_path / "box.js"
    page = os.path.relpath(Path(runtime.__file__).parent / "static" / "page.js", tmp_path)
    box.write_text(f'import {{ live }} from "{page}";\nlive(".box", () => {{}});\n', encoding="utf-8")
    script = runtime.script(more=(box,))
    added = '\nlive(".box",()=>{});'
    assert script.replace(added, "") == runtime.script()
    (tmp_path / "box.css").write_text(".box {}\n", encoding="utf-8")
    runtime.write(tmp_path / "new", modules=[box], styles=[tmp_path / "box.css"])
    assert (tmp_path / "new" / "kernelless.css").read_text(encoding="utf-8") == f"{runtime.style()}\n.box {{}}\n"
    first = (tmp_path / "new" / "kernelless.js").read_text(encoding="utf-8")
    assert added in first
    assert first.replace(added, "") == runtime.scripts()[0]


def test_explorers_know_nothing_of_answer_boxes():
    assert not re.search("answer|exercise", runtime.script() + runtime.style(), re.IGNORECASE)


def test_the_script_holds_nothing_for_tests():
    script = runtime.script()
    assert script.startswith('"use strict";\n(() => {\n')
    assert script.endswith("startPage();\n})();\n")
    assert not re.search(r"globalThis|window\.\w+ =|process\.|require\(|module\.exports", script)


def test_every_module_is_joined_once_and_after_what_it_imports():
    static = Path(runtime.__file__).parent / "static"
    script = "".join(runtime.pieces().values()).replace("const ", "let ")  # as the bridge is written
    declared = re.compile(r"^(?:export )?((?:const|(?:async )?function\*?) \w+|live\([^)]*\))", re.MULTILINE)
    beginnings = {path.name: declared.search(path.read_text(encoding="utf-8"))[1].replace("const ", "let ")
                  .replace("function* ", "function*") for path in static.glob("*.js")}
    assert all(words in script for words in beginnings.values())  # and once: `join` refuses a name declared twice
    at = {name: script.index(words) for name, words in beginnings.items()}
    assert len(at) > 7
    for path in static.glob("*.js"):
        for needed in re.findall(r'^import .*"\./([^"]+)"', path.read_text(encoding="utf-8"), re.MULTILINE):
            assert needed in ("elementwise.js", "bridge.js") or at[needed] < at[path.name], (path.name, needed)
    assert not re.search(r"^(import|export)\b|/\*\*|^ |^//", script, re.MULTILINE)
    whole = runtime.script().replace("const ", "let ")
    del beginnings["later.js"]  # all is there
    assert all(words in whole for words in beginnings.values())


def said(node: str, program: str) -> str:
    return subprocess.run([node, "-e", program], capture_output=True, text=True, check=True).stdout


def modules(folder: Path, **sources: str) -> Path:
    for name, source in sources.items():
        (folder / f"{name}.js").write_text(source, encoding="utf-8")
    return folder / "main.js"


def test_modules_are_joined_as_they_import_each_other(tmp_path, node):
    main = modules(tmp_path, main='import { twice, six } from "./a.js";\nimport {\n  one,\n} from "./b.js";\n'
                                  "console.log(twice(six), one, `/* kept */`);\n",
                   a='import { one } from "./b.js";\n/**\n * Doubles.\n * @param {number} x\n */\n'
                     "export const twice = (x) => 2 * x;\nexport const six = /** @type {number} */ (5 + one);\n",
                   b="// One.\nexport const one = 1;\n")
    joined = runtime.join(main)
    assert joined == ("let one=1;\nlet twice=x=>2*x,six=(5+one);\n"
                      "console.log(twice(six),one,`/* kept */`);")
    assert said(node, joined) == "12 1 /* kept */\n"


def test_spaces_go_from_code_and_stay_in_what_is_quoted(tmp_path, node):
    lines = r"""const a = 1, b = { c: a + 1 };
console.log(`${a + 1} and ${b.c > 1 ? `more = ${[a, b.c].map((x) => `{ ${x} }`).join(" = ")}` : ' = '} = `);
console.log('a = "b"', "it's = ".replace(/["'`/] = |s = /, " : "), `\` = \${ $ {} $`, 4 / 2 / 1);
const f = (x) => { return /^ {2}[/] = "/.test(x); };
console.log(["  / = \"", "  /= "].filter((x) => f(x) || x === "`"));
"""
    joined = runtime.join(modules(tmp_path, main=lines))
    assert said(node, joined) == said(node, lines) != ""
    assert not re.search(r"const| \? | =>|\$\{a \+", joined)


JOINS = {
    "circle": ({"main": 'import { a } from "./a.js";\n', "a": 'import { b } from "./main.js";\n'},
               r"main\.js imports itself by way of others; move what both need"),
    "one name twice": ({"main": 'import { a } from "./a.js";\nfunction b() {}\n', "a": "export const a = 1;\n"
                        "const b = 2;\n"},
                       r"main\.js and a\.js both declare 'b'; give one another name"),
    "renamed export": ({"main": "const a = 1;\nexport { a as b };\n"}, r"'export \{ a as b \};' cannot be joined"),
    "the same later": ({"main": 'import { a } from "./a.js";\nconst b = () => import("./a.js");\n',
                        "a": "export const a = 1;\n"},
                       r"a\.js is asked for by import\(\"…\"\), but a module that is there from the start imports it"),
    "one name later": ({"main": 'const b = () => import("./a.js");\n', "a": "export const a = 1;\nlet b;\n"},
                       r"a\.js and main\.js both declare 'b'"),
    "template of two lines": ({"main": "const a = `1\n  2`;\n"},
                              "'const a = `1' cannot be joined; a template has to end in its line"),
    "default": ({"main": "export default 3;\n"}, r"'export default 3;' cannot be joined; write import"),
    "whole module": ({"main": 'import * as all from "./a.js";\n', "a": ""}, r"'import \* as all .* cannot be joined"),
}


def test_what_is_asked_for_later_is_joined_after_the_rest(tmp_path, node):
    main = modules(tmp_path, main='import { one } from "./b.js";\n(async () => {\nconst { two } = await '
                                  'import("./a.js");\n  console.log(one, two);\n})();\n',
                   a='import { one } from "./b.js";\nimport { c } from "./c.js";\nexport const two = one + c();\n',
                   b="export const one = 1;\n", c="export async function none() {}\nexport const c = () => 1;\n")
    joined = runtime.join(main)
    assert joined == ('let one=1;\n(async()=>{let{two}=await later("a.js");console.log(one,two)})();\n'
                      "async function none(){};let c=()=>1;\nlet two=one+c();\n\n"
                      'function later(name) { return Promise.resolve({ "a.js": () => ({ two }) }[name])'
                      '.then((read) => read()); }')
    assert said(node, joined) == "1 2\n"


def test_the_second_script_has_what_is_asked_for_and_what_only_that_needs(tmp_path):
    page = os.path.relpath(Path(runtime.__file__).parent / "static" / "format.js", tmp_path)
    main = modules(tmp_path, main='const ask = () => import("./rare.js");\n',
                   rare=f'import {{ text }} from "{page}";\nimport {{ deep }} from "./deep.js";\n'
                        'export const rare = () => text(deep);\nconst more = () => import("./rarer.js");\n',
                   deep="export const deep = 7;\n", rarer='import { deep } from "./deep.js";\n'
                        "export function rarer() { return deep; }\n")
    first, later = runtime.scripts((main,))
    assert 'let ask=()=>later("rare.js");' in first
    assert not re.search("deep|text\\(deep|rarer", first)
    assert 'more=()=>later("rarer.js");' in later
    assert later.count("let deep=7;") == 1
    assert later.index("let deep=7;") < later.index("let rare=")
    assert re.search(r'\nreturn\{.*"rare\.js":\{rare\},.*"rarer\.js":\{rarer\}\};\n', later)
    assert "function text" not in later
    # Another content, another address: a browser that kept the old one fetches anew.
    address = re.search(r'const FILES = .*?"(kernelless-later\.js\?v=[0-9a-f]{8})"', first)[1]
    assert address not in runtime.scripts()[0]
    assert runtime.scripts((main,)) == (first, later)


KEPT = r"""
const list = ["a ; b", `c , ${[1, 2].map((k) => `< ${k} = >`).join(" ; ")} ,`, "\"x , y", 'p , q'];
const minus = 3 - -2, more = 1 + +"2", third = list.length / 2 / 2;
const words = "a , b".replace(/ , /, " ; ").split(/ ; | = /);
const split = (s) => { return / , /.test(s); };
const odd = [1, // one;
  2, // two,
  3];
const open = 7
const sum = 1 - +"1" +
  open % 4 / 3 - 1 -
  -2
  + 1;
const { length } = list, last = { length, };
const none = () => { if (length) return; }
const some = 1 // another;
const all = /** @type {number[]} */ (list.concat(") x", `${length})`));
const whole = /** @type {any} */ (some + 1).toFixed(1);
let count = 0; // said , not run
const now = new /** @type {any} */ (Date.bind(null, 0))();
if (length)
  count += now.getTime();
for (let k = 0; k < 3; k++) { count += k > 1 ? 10 : 1; }
let idle = 0, done = 0;
const wait = () => {
  for (; idle++ < 3;);
};
const waits = () => { while (done++ < 4); };
wait(), waits();
const ends = [";}", `;}${`;}`}`, /;}/.test(";}")];
console.log(JSON.stringify([list, minus, more, third, words, split(' , '), odd, sum, count, none(), last, all, whole,
  idle, done, ends]));
"""


def test_no_space_is_left_out_that_says_something(tmp_path, node):
    joined = runtime.join(modules(tmp_path, main=KEPT))
    assert said(node, joined) == said(node, KEPT)
    assert "for(let k=0;k<3;k++){count+=k>1?10:1}" in joined
    assert "wait=()=>{for(;idle++<3;);},waits=()=>{while(done++<4);};wait()" in joined
    assert "{return / , /.test(s)}" in joined
    assert ",split=s=>{return / , /.test(s)},odd=[1,// one;\n2,// two,\n3];let open=7\nlet sum=" in joined
    assert "{length}=list,last={length}" in joined
    assert "let all=list.concat(\") x\",`${length})`),whole=(some+1).toFixed(1)" in joined
    assert "not run" not in joined


@pytest.mark.parametrize("name", JOINS)
def test_what_cannot_be_joined_is_refused(name, tmp_path):
    sources, message = JOINS[name]
    with pytest.raises(ValueError, match=message):
        runtime.join(modules(tmp_path, **sources))


def test_the_types_of_the_script_hold():
    found = typecheck.check()
    assert (found.returncode, found.stdout) == (0, "")


def test_a_wrong_type_and_a_function_without_types_are_found(tmp_path):
    project = json.loads((typecheck.HOME / "tsconfig.json").read_text(encoding="utf-8"))
    (tmp_path / "tsconfig.json").write_text(json.dumps(project | {"include": ["*.js"]}), encoding="utf-8")
    source = (Path(runtime.__file__).parent / "static" / "format.js").read_text(encoding="utf-8")
    assert "return part ?" in source
    modules(tmp_path, wrong=source.replace("return part ?", "return exponent ?").replace(" : whole;", " : 3;"),
            bare="export const double = (x) => 2 * x;\n")
    found = typecheck.check(tmp_path / "tsconfig.json")
    assert found.returncode != 0
    assert "wrong.js" in found.stdout
    assert "bare.js(1,24): error TS7006" in found.stdout


def test_a_mark_is_one_entry_of_the_script_and_one_class(node):
    """The places that an entry reads are the fields that its class lets move; and no kind has only one of the two."""
    kinds = {name: entry["fields"] for name, entry in in_node(node, "{ ...KINDS, ...BOXES }").items()}
    assert kinds == {cls.__name__.lower(): list(cls.moving) for cls in marks()}


def marks(base=Mark):
    """Return every class of mark that a figure may have."""
    for cls in base.__subclasses__():
        yield from marks(cls)
        if dataclasses.is_dataclass(cls):
            yield cls


def in_node(node: str, expression: str):
    return json.loads(said(node, runtime.script(f"console.log(JSON.stringify({expression}));")))


AXES = """{ x: { label: "x", unit: "s", scale: "log", limits: [1, 100] },
  y: { label: "y", unit: "B", scale: "linear", limits: [0, 9] } }"""
PLOT = f"""(() => {{ const axes = {AXES}; const plot = {{ axes, frame: [0, 0, 100, 50], px: scaleOf(axes.x, 0, 100),
  py: scaleOf(axes.y, 50, -50), marks: MARKS }}; plot.views = [plot]; return plot; }})()"""
VALUES = "[[1, 10, 100], [2, 4, 8], [10], [3], [1, 2, 3]].map((v) => Float64Array.from(v))"


@pytest.mark.parametrize(("marks", "place", "expected"), [
    ([{"kind": "line", "label": "l", "x": 0, "y": 1}], 1, {"words": "x 10 s — l: 4 B", "at": 50}),
    ([{"kind": "line", "label": "l", "x": 0, "y": 3}], 9, {"words": "x 100 s — l: 3 B", "at": 100}),
    ([{"kind": "band", "label": "b", "x": 0, "low": 4, "high": 1}, {"kind": "line", "label": "l", "x": 2, "y": 3}], 0,
     {"words": "x 10 s — b: 2 B to 4 B · l: 3 B", "at": 50}),
    ([{"kind": "point", "label": "p", "x": 2, "y": 3}], 0, {"words": "x 10 s — p: 10 s, 3 B", "at": 50}),
    ([{"kind": "line", "label": "l", "x": 0, "y": 1}, {"kind": "point", "label": "many", "x": 0, "y": 1}], 0,
     {"words": "x 1 s — l: 2 B", "at": 0}),
    ([{"kind": "rule", "label": "r", "x": 2}, {"kind": "label", "label": "t", "x": 2, "y": 3}], 0, None),
])
def test_the_cursor_reads_what_the_marks_say(node, marks, place, expected):
    plot = PLOT.replace("MARKS", json.dumps(marks))
    assert in_node(node, f"readAt({plot}, {VALUES}, {place})") == expected


def test_rows_of_a_file_are_quoted_where_they_must_be(node):
    spec = json.dumps({"title": 'A "b", c', "controls": [{"kind": "choice", "label": "C", "name": "c", "keys": ["k"],
                                                          "titles": ["one\ntwo"]},
                                                         {"kind": "slider", "label": "D", "name": "d", "unit": "%"}],
                       "readouts": [{"label": "R", "value": 3, "unit": "B"}, {"label": "N", "value": 5, "unit": "s"}],
                       "states": [{"ok": 3, "holds": "holds", "fails": "fails"}],
                       "marks": [{"kind": "line", "label": "l", "x": 0, "y": 1}, {"kind": "rule", "label": "r", "x": 2},
                                 {"kind": "band", "label": "b", "x": 0, "low": 4, "high": 3},
                                 {"kind": "point", "label": "p", "x": 2, "y": 3},
                                 {"kind": "label", "label": "t", "x": 2, "y": 3, "value": 3, "unit": "s"},
                                 {"kind": "line", "label": "gap", "x": 0, "y": 5}],
                       "sources": {"figure": ["f"], "options": {"c": {"k": "sheet"}, "d": {"0": "never"}}}})
    values = VALUES.replace("[1, 2, 3]]", "[1, 2, 3], [NaN]]")
    written = in_node(node, f"csvOf({{ ...{spec}, axes: {AXES} }}, {values}, {{ c: 'k', d: 0.07 }}, [['page', 'p']])")
    assert written == ('title,"A ""b"", c"\npage,p\nsource,f\nsource,"one\ntwo: sheet"\n\n'
                       'setting,value,unit\nC,"one\ntwo",\nD,7,%\n\n'
                       "readout,value,unit\nR,3,B\nN,,s\n\nstate\nholds\n\n"
                       "x [s],l [B],b low [B],b high [B],gap [B]\n1,2,1,3,\n10,4,2,3,\n100,8,3,3,\n\n"
                       "name,x [s],y [B]\np,10,3\n\nname,x [s],y [B]\nr,10,\n\nname,value\nt,3 s\n")


SAID = [{"label": "Batch", "words": "1"}, {"label": "Chip", "words": "A"}, {"label": "Context", "words": "8k"}]


@pytest.mark.parametrize(("changes", "words"), [
    ({}, ""),
    ({"settings": {0: "2"}, "readouts": {1: "$2", 2: "$3"}}, "Batch: 2. Chip: $2."),
    ({"settings": {0: "2", 2: "9k"}, "states": ["It fails", "same"]}, "Batch: 2. Context: 9k. It fails."),
    ({"settings": {0: "2", 1: "B", 2: "9k"}, "readouts": {0: "$2"}}, "3 settings changed. Batch: $2."),
    ({"settings": {0: "2"}, "states": ["It fails: too many.", "same."]}, "Batch: 2. It fails: too many. same."),
    ({"settings": {0: "2"}, "unseen": "Not on the chart: cost."}, "Batch: 2. Not on the chart: cost."),
])
def test_what_changed_and_the_answer_are_said_in_a_few_words(node, changes, words):
    before = {"settings": SAID, "readouts": SAID, "states": ["It runs", "same"], "unseen": ""}
    now = dict(before)
    for part, change in changes.items():
        now[part] = ([said | {"words": change.get(k, said["words"])} for k, said in enumerate(SAID)]
                     if isinstance(change, dict) else change)
    assert in_node(node, f"announcement({json.dumps(before)}, {json.dumps(now)})") == words
    if changes:
        told = in_node(node, f"description('A title', {json.dumps(now)})")
        for said in (*now["settings"], *now["readouts"]):
            assert f"{said['label']}: {said['words']}" in told
        assert told.startswith("A title. ")
        assert not re.search(r"\.\.|\. \.", told)
