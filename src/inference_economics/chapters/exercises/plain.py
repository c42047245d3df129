"""Formulas for the console: what TeX writes between backslash and parenthesis, in signs that a terminal shows."""

from __future__ import annotations

import re

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SIGNS = {"times": "×", "cdot": "×", "pi": "π", "beta": "β", "sum": "sum of", "lfloor": "⌊", "rfloor": "⌋",
          "lceil": "⌈", "rceil": "⌉"}
_RULES = (
    (r"\{,\}", ","),
    (r"\\,", " "),
    (r"\\[td]?frac(\d)(\d)", r"\1/\2"),
    (r"\\[td]?frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2"),
    (r"\\mu(?![A-Za-z])", "µ"),
    (r"\\text\{([^{}]*)\}", r"\1"),
    (r"\\(?:lfloor|lceil) *", lambda found: _SIGNS[found[0].strip("\\ ")]),
    (r" *\\(?:rfloor|rceil)", lambda found: _SIGNS[found[0].strip("\\ ")]),
    (r"\\([A-Za-z]+)", lambda found: _SIGNS.get(found[1], found[1])),
    (r"\^(\d)", lambda found: found[1].translate(_SUPERSCRIPT)),
    (r"\^\{(-?\d+)\}", lambda found: found[1].translate(_SUPERSCRIPT)),
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r"_\{?(\w+)\}?", r"_\1"),
    (r"[{}]", ""),
    (r" {2,}", " "),
)


def _formula(tex: str) -> str:
    for pattern, words in _RULES:
        tex = re.sub(pattern, words, tex)
    return tex.strip()


def plain(words: str) -> str:
    r"""Return text with the formulas that stand in \( \) written without TeX, each paragraph on one line."""
    parts = (" ".join(part.split()) for part in words.strip().split("\n\n"))
    return re.sub(r"\\\((.*?)\\\)", lambda found: _formula(found[1]), "\n\n".join(parts))
