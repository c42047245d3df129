"""Cut the book's fonts to the characters and weights that its pages need.

    python tools/fonts.py FOLDER

FOLDER holds the WOFF2 files of the npm packages @fontsource-variable/source-serif-4, @fontsource-variable/source-sans-3
and @fontsource/stix-two-math. The result goes to book/_static/fonts/. Needs fontTools (matplotlib brings it) and
brotli, which nothing else here does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

TARGET = Path(__file__).resolve().parent.parent / "book" / "_static" / "fonts"
# Text: in the weights that the style sheet asks for. Bold italics are drawn by the browser.
TEXT = {
    "source-serif-4-latin-wght-normal": (400, 700),
    "source-serif-4-latin-wght-italic": (400, 400),
    "source-sans-3-latin-wght-normal": (400, 700),
    "source-sans-3-latin-wght-italic": (400, 400),
}
TEXT_FEATURES = ["kern", "liga", "lnum", "tnum", "mark", "mkmk", "ccmp"]
# English, the letters of the authors' names, and the signs of prose; any other comes from the reader's own fonts.
TEXT_RANGES = [
    (0x20, 0x7E), (0xA0, 0xA0), (0xA3, 0xA3), (0xA7, 0xA9), (0xB0, 0xB5), (0xB7, 0xB7), (0xBD, 0xBD), (0xC4, 0xC4),
    (0xD6, 0xD7), (0xDC, 0xDC), (0xDF, 0xE2), (0xE4, 0xE5), (0xE7, 0xEA), (0xED, 0xED), (0xF1, 0xF1), (0xF3, 0xF4),
    (0xF6, 0xF6), (0xF8, 0xF8), (0xFA, 0xFA), (0xFC, 0xFC), (0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E),
    (0x2022, 0x2022), (0x2026, 0x2026), (0x20AC, 0x20AC), (0x2190, 0x2193), (0x2212, 0x2212),
]
# Formulas: letters, Greek, the letters that MathML sets in italics, and the signs of algebra.
MATHS = "stix-two-math-latin-400-normal"
MATHS_RANGES = [
    (0x20, 0x7E), (0xA0, 0xA0), (0xB1, 0xB1), (0xB7, 0xB7), (0xD7, 0xD7), (0xF7, 0xF7), (0x393, 0x394), (0x398, 0x398),
    (0x39B, 0x39B), (0x3A0, 0x3A0), (0x3A3, 0x3A3), (0x3A6, 0x3A6), (0x3A8, 0x3A9), (0x3B1, 0x3C9), (0x3D1, 0x3D1),
    (0x3D5, 0x3D5), (0x3F5, 0x3F5), (0x2013, 0x2014), (0x2016, 0x2016), (0x2026, 0x2026), (0x2032, 0x2032),
    (0x203E, 0x203E), (0x2061, 0x2064), (0x210E, 0x210E), (0x2112, 0x2113), (0x211D, 0x211D), (0x2190, 0x2193),
    (0x21D2, 0x21D2), (0x2202, 0x2202), (0x2206, 0x2208), (0x220F, 0x220F), (0x2211, 0x2213), (0x2217, 0x2217),
    (0x221A, 0x221A), (0x221D, 0x221E), (0x222B, 0x222B), (0x223C, 0x223C), (0x2248, 0x2248), (0x2260, 0x2260),
    (0x2264, 0x2265), (0x226A, 0x226B), (0x2295, 0x2295), (0x2299, 0x2299), (0x22C5, 0x22C5), (0x22EF, 0x22EF),
    (0x2308, 0x230B), (0x23DE, 0x23DF), (0x1D434, 0x1D467), (0x1D6E4, 0x1D6E5), (0x1D6E9, 0x1D6E9), (0x1D6EC, 0x1D6EC),
    (0x1D6F1, 0x1D6F1), (0x1D6F4, 0x1D6F4), (0x1D6F7, 0x1D6F7), (0x1D6F9, 0x1D71B),
]


def spread(ranges: list[tuple[int, int]]) -> list[int]:
    return [code for first, last in ranges for code in range(first, last + 1)]


def cut(font: TTFont, characters: list[int], features: list[str]) -> None:
    """Drop every other character and feature."""
    options = subset.Options(flavor="woff2", hinting=False, layout_features=features)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=characters)
    worker.subset(font)


def write(font: TTFont, name: str) -> None:
    """Write a font and say how large it became."""
    font.flavor = "woff2"
    path = TARGET / f"{name}.woff2"
    font.save(path)
    print(f"{path.stat().st_size:>8,}  {path.name}")


def main(folder: Path) -> None:
    """Cut all fonts."""
    for name, (least, most) in TEXT.items():
        font = TTFont(next(folder.rglob(f"{name}.woff2")))
        cut(font, spread(TEXT_RANGES), TEXT_FEATURES)
        weights = least if least == most else (least, most)
        write(instancer.instantiateVariableFont(font, {"wght": weights}), name)
    font = TTFont(next(folder.rglob(f"{MATHS}.woff2")))
    cut(font, spread(MATHS_RANGES), ["ssty", "dtls", "kern"])
    write(font, "stix-two-math-subset")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
