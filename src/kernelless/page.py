"""The page's form of an explorer, as HTML and JSON."""

from __future__ import annotations

import json
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any

from .axis import Axis
from .checks import is_traced
from .controls import Choice
from .draw import frame
from .figure import Figure
from .palette import COLORS, MUTED, PAGE_DOT, TINT, dash_array, pattern_id, shape
from .panel import panel
from .parts import Mark, State
from .program import number
from .svg import page_svg
from .ticks import axis_text, minor_ticks, tick_sets
from .units import text

if TYPE_CHECKING:
    from .declared import Declared

_GROUPS = {"m": "marks", "r": "readouts", "s": "states"}
KEY_READOUTS = 4  # those that stay in sight on a phone
_HINT = "Point at the plot or tap it to read values off, or focus it and press ← → (↓ into a series, ↑ out of it)."


def readout_texts(figure: Figure) -> dict[str, str]:
    """Return each readout's text, for a figure of known values."""
    return {readout.label: text(readout.value, readout.unit) for readout in figure.readouts}


def _axis(axis: Axis, reverse: bool) -> dict[str, Any]:
    limits = axis.span[::-1] if reverse else axis.span
    spec: dict[str, Any] = {
        "label": axis.label, "unit": axis.unit, "scale": axis.scale, "limits": [number(limit) for limit in limits],
        "words": axis_text(axis), "ticks": tick_sets(axis), "minor": minor_ticks(axis)}
    if not axis.shown:
        spec |= {"shown": False, "ticks": [[]], "minor": []}
    return spec | ({"categories": axis.categories} if axis.categories else {})


def figure_spec(figure: Figure, places: dict[tuple[str, str], int]) -> dict[str, Any]:
    """Return what the runtime needs to know of a traced figure.

    Parameters
    ----------
    figure : Figure
        The figure that the traced function returned.
    places : dict
        ``(key, field)`` to the number of the program's value; for chosen words, of the value that chooses.
    """
    spec: dict[str, Any] = {
        "axes": {"x": _axis(figure.x, False), "y": _axis(figure.y, bool(figure.y.categories))},
        "frame": frame(figure), "equal": figure.equal, "marks": [], "readouts": [], "states": []}
    colors, panels, names = figure.colors(), figure.panel_of(), figure.names()
    if figure.panels:
        spec["panels"] = [label for label, _ in figure.panels]
    for key, part in figure.parts():
        entry: dict[str, Any] = {field: places[key, field] for field in part.moving if (key, field) in places}
        for field in part.texts:
            words = getattr(part, field)
            entry[field] = {"texts": words._values, "at": places[key, field]} if is_traced(words) else words
        kind: dict[str, Any] = {"kind": type(part).__name__.lower()} if isinstance(part, Mark) else {}
        if isinstance(part, Mark) and part.swatch == "curve":
            kind["color"] = colors[int(key[1:])]
        if isinstance(part, Mark) and part.swatch == "dots":
            kind["shape"] = shape(colors[int(key[1:])], PAGE_DOT)
        if isinstance(part, Mark) and figure.panels:
            kind |= {"panel": panels[int(key[1:])]} | ({"label": names[int(key[1:])]} if part.fixed_words else {})
        spec[_GROUPS[key[0]]].append(entry | kind | part.constants())
    if figure.data:
        spec["data"] = {name: places["data", name] for name in figure.data}
    return spec


def _json(value: Any) -> str:
    """Return JSON that may stand inside a script element."""
    dense = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return dense.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _swatch(stroke: str, color: int, hatch: str = "") -> str:
    """Return what stands for a stroke of parts.Brush in a legend; `hatch` is the id of a pattern to fill it with."""
    hue = COLORS[color]
    dash = f' stroke-dasharray="{dash_array(color)}"' if dash_array(color) else ""
    fill = f'fill="url(#{hatch})"' if hatch else f'class="ex-fill-{color}" fill="{hue}"'
    faint = ' fill-opacity="0.3"' if stroke == "area" and not hatch else ""
    box = f'<rect {fill}{faint} width="26" height="10" rx="2"/>'
    dx, dy, rest = shape(color, 4)
    drawn = {
        "curve": f'<path class="ex-stroke-{color}" stroke="{hue}" stroke-width="2.4" fill="none"{dash} d="M0 5H26"/>',
        "dots": f'<path class="ex-fill-{color}" fill="{hue}" fill-rule="evenodd" d="M{13 + dx:g} {5 + dy:g}{rest}"/>',
        "area": box,
        "box": box,
        "cell": box,
        "tint": f'<rect class="ex-fill-{color} ex-stroke-{color}" fill="{hue}" stroke="{hue}"{dash} '
                f'fill-opacity="{TINT}" x="0.5" y="0.5" width="25" height="9"/>',
        "hollow": f'<rect class="ex-stroke-muted" stroke="{MUTED}" fill="none" x="1" y="1" width="24" height="8"/>',
        "shades": "".join(f'<rect class="ex-fill-{color}" fill="{hue}" fill-opacity="{(j + 1) / 6:.2f}" '
                          f'x="{j * 4.33:.2f}" width="4.33" height="10"/>' for j in range(6)),
    }[stroke]
    return f'<svg viewBox="0 0 26 10" aria-hidden="true">{drawn}</svg>'


def _legend(figure: Figure, ident: str) -> str:
    """Return the entries of the legend; the page's script hides those of the curves that it labels where they end."""
    hatches = figure.hatches()
    names: dict[tuple[str, str, int], str] = {}
    for i, (mark, color) in enumerate(zip(figure.marks, figure.colors(), strict=True)):
        for entry in mark.legend(color):
            names.setdefault(entry, f"m{i}")  # marks that share their kinds are named once
    return "".join(
        f'<li data-names="{key}">'
        f'{_swatch(stroke, color, pattern_id(ident, stroke, color) if (stroke, color) in hatches else "")}'
        f"{escape(label)}</li>" for (stroke, label, color), key in names.items())


def _readouts(figure: Figure) -> list[str]:
    return [f'<div class="ex-readout"><span>{escape(label)}</span>'
            f'<output aria-live="off" data-key="r{i}">{escape(words)}</output></div>'
            for i, (label, words) in enumerate(readout_texts(figure).items())]


def _state(i: int, state: State, spec: dict[str, Any]) -> str:
    """Return a state in words, with room for the longest that it may say."""
    ok = bool(state.ok)
    sayings = [text for side in (spec["holds"], spec["fails"])
               for text in ([side] if isinstance(side, str) else side["texts"])]
    finding = " data-finding" if state.finding else ""
    return (f'<p class="ex-state" data-ok="{int(ok)}"{finding} data-longest="{escape(max(sayings, key=len))}">'
            f'<span data-key="s{i}">{escape(state.holds if ok else state.fails)}</span></p>')


def explorer_html(explorer: Declared, ident: str) -> str:
    """Return an explorer as a `<figure>` that shows its default and holds what the runtime needs to move it."""
    from . import __version__

    figure = explorer.figure()
    controls, values = explorer.controls_spec, explorer.defaults
    spec = explorer.spec | {
        "name": explorer.name, "title": explorer.title, "presets": explorer.presets, "program": explorer.program,
        "controls": [{"name": key, "label": control.label} | control.spec() for key, control in controls.items()],
    }
    settings = " · ".join(f"{control.label}: {control.show(values[key])}" for key, control in controls.items())
    readouts = _readouts(figure)
    states = "".join(_state(i, *pair) for i, pair in enumerate(zip(figure.states, spec["states"], strict=True)))
    legend = _legend(figure, ident)
    presets = "".join(
        f'<button type="button" data-action="preset" data-preset="{escape(label)}">{escape(label)}</button>'
        for label in explorer.presets)
    axes = f"{axis_text(figure.y)} against {axis_text(figure.x)}" if figure.y.label and figure.x.label else "the values"
    tabulated = '<p class="ex-watch">Tabulated: the sliders stop at the values that were computed.</p>'
    return "".join([
        f'<figure class="explorer" id="{ident}" data-explorer="{explorer.name}" '
        f'data-version="{__version__}" aria-labelledby="{ident}-title">',
        f'<p class="ex-title" id="{ident}-title">{escape(explorer.title)}</p>',
        f'<p class="ex-watch">{escape(explorer.watch)}</p>',
        f'<div class="ex-presets" data-live hidden><span>Try:</span>{presets}</div>' if presets else "",
        # The room for the reader's guess, whose script comes later, is kept so that nothing moves then.
        f'<div class="ex-predict" data-guess><p class="ex-question">{escape(explorer.predict.question)}</p></div>'
        if explorer.predict else "",
        # The pane stays in sight while the controls are scrolled, so it holds the answer and no more.
        '<div class="ex-body"><div class="ex-figure"><div class="ex-pane">',
        f'<div class="ex-plot" tabindex="0" role="group" aria-label="Plot of {escape(axes)}. '
        'Arrow keys walk its series and values.">',
        page_svg(figure, ident),
        f'<p class="ex-sr">{escape(explorer.alt)}</p></div>',
        f'<ul class="ex-legend" aria-label="Legend">{legend}</ul>' if legend else "",
        f'<div class="ex-readouts">{"".join(readouts[:KEY_READOUTS])}</div>' if readouts else "",
        f'<div class="ex-states" role="group" aria-label="Findings">{states}</div>' if states else "",
        f'<output class="ex-cursor" aria-live="off" data-live hidden>{_HINT}</output>',
        f'<p class="ex-unseen">{escape(figure.unseen())}</p>',
        '<p class="ex-sr ex-spoken" aria-live="polite"></p></div>',
        f'<div class="ex-readouts ex-more">{"".join(more)}</div>' if (more := readouts[KEY_READOUTS:]) else "",
        '</div><div class="ex-controls" data-live hidden>',
        panel(ident, controls, values),
        '<p class="ex-shared" hidden>⇄ also sets other figures of this page; press it to set a value only here.</p>',
        "</div></div>",
        tabulated if explorer.precompute else "",
        f'<p class="ex-settings">{escape(settings)}</p>',
        '<div class="ex-actions" data-live hidden>',
        *(f'<button type="button" data-action="{action}"{title}>{words}</button>' for action, words, title in (
            ("undo", "Undo", " disabled"), ("reset", "Reset", ""),
            ("pin", "Pin as A", ' aria-pressed="false"'), ("link", "Link to these settings", ""),
            ("csv", "CSV", ' aria-label="Download the numbers as CSV"'),
            ("svg", "SVG", ' aria-label="Download the figure as SVG"'),
            ("png", "PNG", ' aria-label="Download the figure as PNG"'),
            ("table", "Table", ' aria-expanded="false" aria-label="Show the numbers as a table"'),
            ("python", "Python", ' aria-expanded="false" aria-label="Show the Python that makes this figure"'))),
        '<input class="ex-link" hidden readonly aria-label="Link to these settings"></div>',
        f'<script type="application/json" class="ex-spec">{_json(spec)}</script></figure>',
    ])


def _script(*explorers: Declared) -> str:
    """Return the script for some explorers, with what reads the options that a reader brings to them."""
    from . import runtime

    brought = {path for one in explorers for control in one.controls_spec.values()
               for path in (control.own.modules if isinstance(control, Choice) and control.own else ())}
    return runtime.script(readers=tuple(sorted(brought)))


def fragment(explorer: Declared) -> str:
    """Return an explorer with the style and the script that it needs, to stand in any page.

    A page may hold several: each script starts only what no other has started.
    """
    from . import runtime

    return f"<style>{runtime.style()}</style>\n{explorer.html()}\n<script>{_script(explorer)}</script>\n"


def standalone(*explorers: Declared, title: str = "Explorers") -> str:
    """Return a whole HTML document with some explorers and the runtime inside, for one file that works anywhere."""
    from . import runtime

    seen: Counter[str] = Counter()
    figures = []
    for explorer in explorers:
        seen[explorer.name] += 1
        again = f"-{seen[explorer.name]}" if seen[explorer.name] > 1 else ""
        figures.append(explorer.html(f"explorer-{explorer.name}{again}"))
    body = "\n".join(figures)
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{runtime.style()}</style></head>\n<body><main><h1>{escape(title)}</h1>\n{body}\n</main>"
            f"<script>{_script(*explorers)}</script></body></html>\n")
