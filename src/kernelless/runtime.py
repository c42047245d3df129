"""The page's script, put together: what `static/explorer.js` imports, the rows of `ops.py`, and what a caller adds.

The sources are modules, which editors and the type checker read as they stand. The page gets one classic script,
because browsers refuse to load modules from a file on disk: each module after those that it imports, without its
`import` lines, the word `export`, comments, indentation, the spaces around operators, what ends the last statement or
entry in braces, the ends of lines that only begin a statement or end one, and the second `let` of two declarations in a
row. So all modules share one scope, and no two may declare the same name.

What is needed rarely is asked for with ``await import("./name.js")``. A site gets those modules, and what only they
import, as a second script, which `static/later.js` fetches when something first asks; a page of its own has all in one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .ops import ELEMENTWISE

SCRIPT, LATER, STYLE = "kernelless.js", "kernelless-later.js", "kernelless.css"  # what a site loads
# Modules that few readers ask for, in a third script: faults of a link, drawing a guess, players, and what is typed.
THIRD, APART = "kernelless-third.js", ("making.js", "misread.js", "own.js", "play.js", "sketch.js", "typed.js")
FOURTH = "kernelless-own.js"  # and what reads an option that a reader brings

_STATIC = Path(__file__).parent / "static"

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_FETCH = re.compile(r'\bimport\("(\.[^"]+)"\)')
_ASK = re.compile(r'\bimport\(([\w.]+)\)')  # what reads an own option, by a name that is known later
_EXPORT = re.compile(r"^export (?=const |(?:async )?function\b)", re.MULTILINE)
_DOCUMENTATION = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/\n|/\*\*.*?\*/ ?|^ *//[^\n]*\n", re.MULTILINE | re.DOTALL)
# A type that is claimed for a name or for what a call gives, which needs no parentheses when the claim is gone.
_CAST = re.compile(r"""(?<!new )/\*\* @type \{[^*]*\*/ \(((?:[\w.?]|\((?:[^()"`]|"[^"]*"|`[^`]*`)*\))+)\)""")
_REMARK = re.compile(r"(?<=[;{}]) +// [^\n\"'`]*$", re.MULTILINE)  # after a statement
# Words in quotes, or a regular expression, which only stands where a value may begin.
_LITERAL = re.compile(r"""
    "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' |
    (?:(?<=[=(,:&|!?\[]) | (?<=[=(,:&|!?\[][ ]) | (?<=\breturn[ ])) /(?:[^/\\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/\w*
""", re.VERBOSE)
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)")  # its words, to its end or to a value in them
_AROUND = (re.compile(r" *([{}(),;:?<>*&|!]+|[-+/%]?=[=>]*) *"), r"\1")
_BETWEEN = re.compile(r"(?<=[\w)\]]) *([-+/%]) *(?=[\w(\[.])")
_SHORTER = ((re.compile(r"\bconst\b"), "let"), (re.compile(r"(?<![\w.])0(?=\.\d)"), ""), _AROUND, (_BETWEEN, r"\1"),
            (re.compile(r"(?<!\w)\((\w+)\)(?==>)"), r"\1"), (re.compile(r"\btrue\b(?!:)"), "!0"),
            (re.compile(r"\bfalse\b(?!:)"), "!1"))
_LOOP = re.compile(r"\b(?:for|while)\b")
_OPEN = (";", "{", ",", "(", "[", "&", "|", "?", ":", "=", "=>")
_CLOSE = ("}", "]", ")", "?", ":", ".", "&", "|")
_PAIR = re.compile(r"\([^(){}[\]]*\)|\{[^(){}[\]]*\}|\[[^(){}[\]]*\]")  # parentheses with none inside
_BEGINS = re.compile(r"(?!(?:else|catch|finally|while|in|instanceof)\b)[A-Za-z_$]")  # another statement, after a brace
_ELSE = re.compile(r"^(import|export)\b(?!\().*", re.MULTILINE)
_NAME = re.compile(r"^(export )?(?:const|let|(?:async )?function\*?) (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class _Module:
    path: Path
    bare: str  # its text without imports, exports and documentation
    imports: tuple[tuple[Path, tuple[str, ...]], ...]  # each module with the names that are taken from it
    later: tuple[Path, ...]  # modules that it asks for when it needs them
    names: tuple[str, ...]  # all that it declares
    exports: tuple[str, ...]


def _loop(js: str) -> str:
    """Write a row's expression as a loop. A stride of 0 reads a single value again and again."""
    strides = {"a": "i", "b": "j", "c": "l"}
    body = re.sub(r"(?<![\w.])([abc])(?![\w(])", lambda m: f"{m[1]}[k * {strides[m[1]]}]", js)
    return f"(out, n, a, i, b, j, c, l) => {{ for (let k = 0; k < n; k++) out[k] = {body}; }}"


def _elementwise() -> str:
    """Return the module that `static/elementwise.d.ts` declares."""
    rows = "\n".join(f"  {op.name}: {_loop(op.js)}," for op in ELEMENTWISE.values())
    return f"export const ELEMENTWISE = {{\n{rows}\n}};\n"


def _bridge(names: Iterable[str], files: dict[str, str]) -> str:
    """Return the module that `static/bridge.d.ts` declares."""
    addresses = json.dumps(files, separators=(",", ":"))
    return f'export const FILES = {addresses};\nexport const bridge=()=>({{{",".join(names)}}});\n'


# Modules that are written here. The bridge's is known only when the others are.
_WRITTEN: dict[str, Callable[[], str]] = {"elementwise.js": _elementwise, "bridge.js": lambda: _bridge((), {})}


def write_module(name: str, text: Callable[[], str]) -> None:
    """Say what writes a module that stands in no file, such as a table that Python has.

    Parameters
    ----------
    name : str
        Of its file, as other modules import it.
    text : callable
        Gives the module.
    """
    _WRITTEN[name] = text


def _parts(line: str) -> list[str]:
    """Cut a line into code and what is quoted, by turns; code that stands in a template is code."""
    parts: list[str] = []
    opened: list[str] = []
    start = at = 0
    while at < len(line):
        literal, mark = _LITERAL.match(line, at), line[at]
        closes = opened.pop() if mark == "}" and opened else ""
        if literal:
            end = literal.end()
        elif mark == "`" or closes == "${":
            words = _TEMPLATE.match(line, at + 1)
            if not words:
                raise ValueError(f"{line!r} cannot be joined; a template has to end in its line.")
            end = words.end()
            if words[0].endswith("${"):
                opened.append("${")
        else:
            if mark == "{":
                opened.append(mark)
            at += 1
            continue
        parts += [line[start:at], line[at:end]]
        start = at = end
    return [*parts, line[start:]]


def _last(line: str) -> re.Pattern[str]:
    """Return what a brace that closes may go without; where there is a loop, not what may be all that it does."""
    return re.compile(r"(?<!\))[;,]$" if _LOOP.search(line) else "[;,]$")


def _squeezed(line: str) -> str:
    """Leave out the spaces around operators, and what ends the last statement of a block, but in what is quoted."""
    parts, last = _parts(line), _last(line)  # once: a line of data may have thousands of braces
    # + and - only between values, for `a - -b` is something else without its spaces.
    for k in range(0, len(parts), 2):
        for pattern, shorter in _SHORTER:
            parts[k] = pattern.sub(shorter, parts[k])
        blocks = parts[k].split("}")
        parts[k] = "}".join([*(last.sub("", block) for block in blocks[:-1]), blocks[-1]])
    return "".join(parts)


def _ends(text: str) -> bool | None:
    """Whether a text that begins with a declaration is that and no more; None where it has left the block around it."""
    if "//" in text:  # a remark may end in anything
        return False
    code = "".join(_parts(text)[::2])
    while (inner := _PAIR.sub("", code)) != code:
        code = inner
    if re.search(r"[)}\]]", code):
        return None
    return code.find(";") == len(code) - 1 and not re.search(r"[({[]", code)


def _joined(lines: Iterable[str]) -> str:
    """Put lines one after the other, without the ends of those that cannot end a statement, or before its rest."""
    out = before = ""
    begun: list[int] = []  # where declarations begin that have not ended, the inner ones last
    ended = -1  # where the one begins that ends here
    for line in filter(None, lines):
        remark = "//" in out.rsplit("\n", 1)[-1]  # which may end in anything
        declares = re.match(r"let\b ?", line)
        if declares and ended >= 0:
            out, line = f"{out[:-1]},", line[declares.end():]
        elif line.startswith("}") and not remark:
            out = _last(before).sub("", out)
        if out and (remark or not (out.endswith(_OPEN) or line.startswith(_CLOSE))):
            out += ";" if out.endswith("}") and _BEGINS.match(line) and not remark else "\n"
        if declares:
            begun.append(len(out))
        out += line
        before = line
        ended = -1
        while begun and line.endswith(";"):
            ends = _ends(out[begun[-1]:])
            if ends is False:
                break
            start = begun.pop()
            if ends:
                ended = start
                break
    return out


def _module(path: Path) -> _Module:
    path = path.resolve()
    written = _WRITTEN.get(path.name)
    text = _CAST.sub(r"\1", written() if written else path.read_text(encoding="utf-8"))
    source = _DOCUMENTATION.sub("", text)
    without = _IMPORT.sub("", source)
    bare = _REMARK.sub("", _EXPORT.sub("", without))
    if other := _ELSE.search(bare):
        raise ValueError(f"{path.name}: {other[0]!r} cannot be joined; write import {{ name }} from './module.js', "
                         "with double quotes, and export const or export function.")
    return _Module(
        path=path, bare=_joined(_squeezed(line.strip()) for line in bare.splitlines()),
        imports=tuple(((path.parent / name).resolve(), tuple(re.findall(r"\w+", taken)))
                      for taken, name in _IMPORT.findall(source)),
        later=tuple((path.parent / name).resolve() for name in _FETCH.findall(bare)),
        names=tuple(name for _, name in _NAME.findall(without)),
        exports=tuple(name for marked, name in _NAME.findall(without) if marked))


def _ordered(roots: Iterable[Path]) -> dict[Path, _Module]:
    """Return modules and all that they import, each after what it imports."""
    found: dict[Path, _Module | None] = {}

    def add(path: Path) -> None:
        if path in found:
            if found[path] is None:
                raise ValueError(f"{path.name} imports itself by way of others; move what both need to a third module.")
            return
        found[path] = None
        module = _module(path)
        for needed, _ in module.imports:
            add(needed)
        del found[path]  # it goes after what it imports
        found[path] = module

    for root in roots:
        add(root.resolve())
    return {path: module for path, module in found.items() if module}


def _later_than(first: dict[Path, _Module],
                readers: Iterable[Path] = ()) -> tuple[dict[Path, _Module], dict[str, _Module]]:
    """Return the modules that are needed only later, in order, and of them those that are asked for, by file name."""
    everything = dict(first)
    asked: dict[str, _Module] = {}
    wanted = [*(path for module in first.values() for path in module.later), *(path.resolve() for path in readers)]
    while wanted:
        path = wanted.pop(0)
        if path in first:
            raise ValueError(f"{path.name} is asked for by import(\"…\"), but a module that is there from the start "
                             "imports it; import it in one of the two ways.")
        if path.name in asked:
            if asked[path.name].path != path:
                raise ValueError(f"two modules that are asked for later are called {path.name}; rename one.")
            continue
        fresh = {at: module for at, module in _ordered([path]).items() if at not in everything}
        everything |= fresh
        asked[path.name] = everything[path]
        wanted += [at for module in fresh.values() for at in module.later]
    names: dict[str, str] = {}
    for module in everything.values():
        for name in module.names:
            if name in names:
                raise ValueError(f"{module.path.name} and {names[name]} both declare {name!r}; give one another name.")
            names[name] = module.path.name
    return {path: module for path, module in everything.items() if path not in first}, asked


def _after_each_other(texts: Iterable[str]) -> str:
    out = ""
    for text in filter(None, texts):
        out += (";" if out.endswith("}") else "\n" if out else "") + text
    return out


def _text(modules: Iterable[_Module]) -> str:
    def asking(bare: str) -> str:
        known = _FETCH.sub(lambda asked: f'later("{asked[1].rsplit("/", 1)[-1]}")', bare)
        return _ASK.sub(r'later(\1, "READING")', known)

    return _after_each_other(asking(module.bare) for module in modules)


def _exported(asked: dict[str, _Module]) -> str:
    return ", ".join(f'"{name}": {{ {", ".join(module.exports)} }}' for name, module in asked.items())


def join(*roots: Path, readers: Iterable[Path] = ()) -> str:
    """Return modules and all that they import, each once and after what it imports, as one text without imports.

    Parameters
    ----------
    *roots : Path
        Modules that nothing imports.
    readers : sequence of Path
        Modules that are asked for by name.

    Raises
    ------
    ValueError
        Modules import each other in a circle, two declare one name, or one imports or exports in another way.
    """
    first = _ordered(roots)
    later, asked = _later_than(first, readers)
    text = _text([*first.values(), *later.values()])
    if not asked:
        return text
    # A function, so that the names in it are those of the modules, whatever a caller calls what it is given.
    entries = re.sub(r"(\{[^}]*\})", r"() => (\1)", _exported(asked))
    answer = f"Promise.resolve({{ {entries} }}[name]).then((read) => read())"
    return f"{text}\n\nfunction later(name) {{ return {answer}; }}"


def _wrapped(body: str, last: str) -> str:
    return f'"use strict";\n(() => {{\n{body}\n\n{last}\n}})();\n'


@cache
def script(last: str = "startPage();", more: tuple[Path, ...] = (), readers: tuple[Path, ...] = ()) -> str:
    """Return all of the script in one piece: the modules, then `last`, in a scope of their own.

    Parameters
    ----------
    last : str
        What runs when all is declared. A test asks for another.
    more : tuple of Path
        Modules of the caller's that nothing here imports, for what its pages hold besides explorers: they import
        from `static/`, and make themselves known to `page.js`.
    readers : tuple of Path
        Modules that read what readers bring, as `Own.modules` names them.

    Raises
    ------
    ValueError
        As in `join`.
    """
    return _wrapped(join(_STATIC / "explorer.js", *more, readers=readers), last)


@cache
def pieces(more: tuple[Path, ...] = (), readers: tuple[Path, ...] = ()) -> dict[str, str]:
    """Return the script in pieces, for a site: what every page loads, and what is fetched when first used.

    Those that are fetched carry a digest in their addresses, so that no browser takes an older one for it.

    Parameters
    ----------
    more, readers : tuple of Path
        As in `script`.

    Returns
    -------
    dict
        File name to text, the first that of every page.

    Raises
    ------
    ValueError
        As in `join`, or where a module of one script that is fetched imports one of another.
    """
    first = _ordered([_STATIC / "later.js", _STATIC / "explorer.js", *more])
    later, asked = _later_than(first, readers)
    reading = {*_ordered(readers)}
    shared = sorted({name for module in later.values() for path, taken in module.imports if path in first
                     for name in taken} | {"later"})
    files: dict[str, str] = {}
    addresses: dict[str, str] = {}
    reading_at = ""
    for file in (FOURTH, LATER, THIRD):
        mine = {path: module for path, module in later.items() if _file_of(path, reading) == file}
        for module in mine.values():
            if wrong := [path.name for path, _ in module.imports if path in later and path not in mine]:
                raise ValueError(f"{module.path.name} is fetched in another script than {wrong[0]}, which it imports.")
        here = {name: module for name, module in asked.items() if module.path in mine}
        if file == FOURTH and not mine:
            continue
        wanted = _needed(here, [*first.values(), *later.values()])
        files[file] = _fetched(mine.values(), wanted, shared).replace('"READING"', json.dumps(reading_at))
        if file == FOURTH:
            reading_at = _address(file, files[file])
        else:
            addresses |= dict.fromkeys([""] if file == LATER else here, _address(file, files[file]))
    bridge = _EXPORT.sub("", _bridge(shared, addresses)).strip()
    parts = [bridge if module.path.name == "bridge.js" else _text([module]) for module in first.values()]
    return {SCRIPT: _wrapped(_after_each_other(parts), "startPage();"), **files}


def _needed(asked: dict[str, _Module], everything: list[_Module]) -> dict[str, _Module]:
    """Return modules without those of their exports that no other module names: they are there for tests."""
    return {name: replace(module, exports=tuple(
        export for export in module.exports
        if any(re.search(rf"\b{export}\b", other.bare) for other in everything if other is not module)))
        for name, module in asked.items()}


def _file_of(path: Path, reading: set[Path]) -> str:
    if path in reading:
        return FOURTH
    return THIRD if path.name in APART else LATER


def _fetched(modules: Iterable[_Module], asked: dict[str, _Module], shared: list[str]) -> str:
    """Return modules as a script that hands them over; nothing becomes global."""
    exported = _exported(asked).replace(" ", "")
    body = f"{_text(modules)}\n\nreturn{{{exported}}};"
    rest = (f'"use strict";const detail=({{{",".join(shared)}}})=>{{\n{body}\n}};\n'
            'document.currentScript.dispatchEvent(new CustomEvent("kernelless",{detail}));\n')
    return f"(()=>{{{rest}}})();\n"


def _address(file: str, content: str) -> str:
    return f"{file}?v={hashlib.sha256(content.encode()).hexdigest()[:8]}"


def scripts(more: tuple[Path, ...] = ()) -> tuple[str, str]:
    """Return the first two of `pieces`: what every page loads, and what it fetches for most that is needed rarely."""
    found = pieces(more)
    return found[SCRIPT], found[LATER]


@cache
def style(more: tuple[Path, ...] = ()) -> str:
    """Return the explorers' style sheets, and after them those of the caller."""
    ours = (_STATIC / "explorer.css", _STATIC / "controls.css")
    return "\n".join(path.read_text(encoding="utf-8") for path in (*ours, *more))


def write(folder: str | Path, modules: Sequence[Path] = (), styles: Sequence[Path] = (),
          readers: Sequence[Path] = ()) -> None:
    """Write the scripts of `pieces` and `kernelless.css` for a site, with the caller's own in them."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (pieces(tuple(modules), tuple(readers)) | {STYLE: style(tuple(styles))}).items():
        (folder / name).write_text(content, encoding="utf-8")
