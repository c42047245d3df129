"""The page's base picture: matplotlib's SVG, reduced to what moves and what does not.

What stands still (axes, grid, ticks) is kept with its colours as classes, so that it follows the theme. What moves
becomes one bare element per mark, which the page's script can find by its key and rewrite.
"""

from __future__ import annotations

import io
import re
from html import escape
from xml.etree import ElementTree

from .figure import DASHES, GRID, HEIGHT, INK, MUTED, PALETTE, WIDTH, Bars, Figure, Label, Line, Point, Rule, draw, frame

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_CLASSES = {INK: "ink", MUTED: "muted", GRID: "grid"}
_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "explorer", "path.simplify": False, "font.family": "DejaVu Sans"}


def matplotlib_svg(figure: Figure, legend: bool = False) -> str:
    """Return matplotlib's own SVG of a figure of known values: the same bytes each time."""
    import matplotlib

    out = io.StringIO()
    with matplotlib.rc_context(_SETTINGS):
        draw(figure, legend).savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return out.getvalue()


def _short(path: str) -> str:
    """Write a path with two decimals and no spare spaces."""
    path = re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), path)
    return re.sub(r"\s*([MLCQzZ])\s*", r"\1", path.replace("\n", "")).strip()


def _style(element) -> dict[str, str]:
    return dict(part.split(": ", 1) for part in (element.get("style") or "").split("; ") if ": " in part)


def _standing(element, out: list[str]):
    """Copy what does not move: lines and words outside the keyed groups."""
    if element.get("id", "")[:1] in ("m",) and re.fullmatch(r"m\d+(-\w+)?", element.get("id")):
        return
    style = _style(element)
    if element.tag == f"{_SVG}path" and (style.get("stroke") or style.get("fill", "none") != "none"):
        kind = _CLASSES.get(style.get("stroke"), "muted")
        out.append(f'<path class="ex-stroke-{kind}" fill="none" stroke="{style.get("stroke", MUTED)}" '
                   f'stroke-width="{style.get("stroke-width", "1")}" d="{_short(element.get("d"))}"/>')
    elif element.tag == f"{_SVG}text":
        turn = element.get("transform", "")
        turned = "" if turn.startswith(("rotate(-0 ", "rotate(0 ")) or not turn else f' transform="{_short(turn)}"'
        size = style.get("font-size", "8px").removesuffix("px")
        role = "tick" if float(size) <= 8 else "axis"
        out.append(f'<text class="ex-{role} ex-fill-muted" fill="{MUTED}" font-size="{size}" text-anchor="'
                   f'{style.get("text-anchor", "start")}" x="{float(element.get("x", 0)):.2f}" '
                   f'y="{float(element.get("y", 0)):.2f}"{turned}>{escape(element.text or "")}</text>')
    if element.tag not in (f"{_SVG}defs", f"{_SVG}metadata"):
        for child in element:
            _standing(child, out)


def dash_array(color: int) -> str:
    """Return a colour's dashes as SVG writes them: empty for a solid line."""
    return "" if DASHES[color] == "-" else " ".join(f"{1.9 * part:g}" for part in DASHES[color][1])


def _moving(figure: Figure, found: dict, clip: str) -> list[str]:
    """Write one bare element for each moving part, at its place in matplotlib's drawing."""

    def path(key, attributes):
        group = found.get(key)
        drawn = group.find(f".//{_SVG}path") if group is not None else None
        d = _short(drawn.get("d") or "") if drawn is not None else ""
        return f'<path data-key="{key}" clip-path="url(#{clip})" {attributes} d="{d}"/>'

    def words(key, label, anchor="start", klass="ex-halo"):
        drawn = found[key].find(f".//{_SVG}text") if key in found else None
        x, y = (drawn.get("x"), drawn.get("y")) if drawn is not None else ("-99", "-99")
        return (f'<text data-key="{key}" class="ex-words ex-fill-ink {klass}" fill="{INK}" font-size="8" '
                f'text-anchor="{anchor}" x="{float(x):.2f}" y="{float(y):.2f}">{escape(label)}</text>')

    out = []
    left, top, width, height = frame(figure)
    for i, (mark, color) in enumerate(zip(figure.marks, figure.colors())):
        key, hue = f"m{i}", PALETTE[color]
        if isinstance(mark, Line):
            dash = f' stroke-dasharray="{dash_array(color)}"' if dash_array(color) else ""
            out.append(path(key, f'class="ex-stroke-{color}" fill="none" stroke="{hue}" stroke-width="1.9" '
                                 f'stroke-linejoin="round"{dash}'))
        elif isinstance(mark, Bars):
            count = len((figure.y.categories or figure.x.categories))
            out += [path(f"{key}-{j}", f'class="ex-fill-{color}" fill="{hue}"') for j in range(count)]
        elif isinstance(mark, Point):
            group = found.get(key)
            centres = [] if group is None else [(float(u.get("x")), float(u.get("y"))) for u in group.iter(f"{_SVG}use")]
            d = "".join(f"M{x - 3.4:.2f} {y:.2f}a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0Z" for x, y in centres)
            out.append(f'<path data-key="{key}" class="ex-fill-{color} ex-edge" fill="{hue}" stroke="#fff" '
                       f'stroke-width="0.8" clip-path="url(#{clip}-wide)" d="{d}"/>')
        elif isinstance(mark, Rule):
            out.append(path(key, f'class="ex-stroke-ink" fill="none" stroke="{INK}" stroke-dasharray="4 2"'))
            at = ("start", f'x="-99" y="{top + 9:.2f}"') if mark.y is None else ("end", f'x="{left + width - 2:.2f}" y="-99"')
            text = words(f"{key}-t", mark.label, at[0])
            out.append(text if f"{key}-t" in found else re.sub(r'x="\S+" y="\S+"', at[1], text))
        elif isinstance(mark, Label):
            out.append(words(f"{key}-t", mark.words()))
        else:
            out.append(path(key, f'class="ex-fill-{color}" fill="{hue}" fill-opacity="0.2"'))
    return out


def page_svg(figure: Figure, ident: str) -> str:
    """Return the page's SVG of a figure of known values.

    Parameters
    ----------
    figure : Figure
        None of its values traced.
    ident : str
        The explorer's id, which makes the ids inside unique on a page.

    Returns
    -------
    str
        An ``<svg>`` element. Moving parts carry ``data-key``; the picture is hidden from assistive technology because
        its description stands beside it.
    """
    root = ElementTree.fromstring(matplotlib_svg(figure))
    found = {element.get("id"): element for element in root.iter() if re.fullmatch(r"m\d+(-\w+)?", element.get("id", ""))}
    standing: list[str] = []
    background = next(element for element in root.iter() if element.get("id") == "patch_1")
    background.clear()
    _standing(root, standing)
    left, top, width, height = frame(figure)
    clip = f"{ident}-clip"
    return "".join([
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" xmlns="http://www.w3.org/2000/svg" aria-hidden="true">',
        f'<defs><clipPath id="{clip}"><rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"/></clipPath>',
        f'<clipPath id="{clip}-wide"><rect x="{left - 4:g}" y="{top - 4:g}" width="{width + 8:g}" height="{height + 8:g}"/>'
        "</clipPath></defs>",
        *standing,
        *_moving(figure, found, clip),
        '<path class="ex-cursor-line" fill="none" d=""/></svg>',
    ])
