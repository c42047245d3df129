"""The theme's icons without its icon script: 1.5 MB, of which the pages use two dozen drawings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

ICON = re.compile(r"fa-([a-z-]+)")
ICON_SCRIPT = re.compile(r'<script[^>]*src="([^"]*?)scripts/fontawesome\.js[^>]*></script>')
ICON_STYLE = """\
:is(.fa-solid, .fas) { display: inline-block; width: 1.25em; height: 1em; background: currentColor; }
:is(.fa-solid, .fas) { mask: var(--icon) center / contain no-repeat; }
:is(.fa-solid, .fas)::before { content: none !important; }
"""
ICON_RULE = """\
.fa-{name} {{ --icon: url("data:image/svg+xml,\
%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'%3E%3Cpath d='{path}'/%3E%3C/svg%3E"); }}
"""


def icon_rules(drawings: str, names: set[str]) -> str:
    """Return the style sheet of the icons with these names, from the text of the theme's icon script."""
    rules = [ICON_STYLE]
    for name in sorted(names):
        # The last of a name's drawings is the solid one.
        if found := re.findall(rf'[{{,]"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^]]*\],"\w+","([^"]+)"', drawings):
            width, height, path = found[-1]
            rules.append(ICON_RULE.format(name=name, width=width, height=height, path=path))
    return "".join(rules)


def draw_icons(static: Path, pages: Sequence[Path]) -> None:
    """Replace the icon script in the pages by a style sheet with the icons that they use, and delete it."""
    drawings = (static / "scripts" / "fontawesome.js").read_text(encoding="utf-8")
    used = set().union(*(ICON.findall(path.read_text(encoding="utf-8")) for path in pages)) | {"xmark"}
    (static / "icons.css").write_text(icon_rules(drawings, used), encoding="utf-8")
    for path in pages:
        html = path.read_text(encoding="utf-8")
        path.write_text(ICON_SCRIPT.sub(r'<link rel="stylesheet" href="\1icons.css">', html), encoding="utf-8")
    # The solid font stays, for the few icons that the theme writes by style alone.
    for pattern in ("*.map", "fontawesome.js*", "fa-brands*", "fa-regular*", "fa-solid*.ttf"):
        for path in list(static.rglob(pattern)):
            path.unlink()
