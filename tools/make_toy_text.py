"""Write the text that the toy models learn, from the manual that comes with Python.

Every Python carries its language reference as plain text (`pydoc_data.topics`, what `help("if")` prints). It is English
prose that may be redistributed under the PSF licence, which lies beside the text. Run with CPython 3.11.7 to get the
same bytes again; the copy in the package is what counts, so nothing else needs this script.
"""

import hashlib
import lzma
import pathlib
import re
import sys
from pydoc_data import topics

DATA = pathlib.Path(__file__).resolve().parents[1] / "src" / "inference_economics" / "decoder" / "data"


def plain(text):
    """ASCII only, no rulers of = - *, single spaces, no blank lines: what is left is mostly sentences."""
    text = text.encode("ascii", "ignore").decode()
    text = re.sub(r"^[=\-*~^+| ]+$", "", text, flags=re.MULTILINE)
    text = re.sub(r"[ \t]+", " ", text)
    return re.sub(r"\n\s*\n+", "\n", text).strip() + "\n"


text = "".join(plain(topics.topics[name]) for name in sorted(topics.topics))
(DATA / "toy_text.txt.xz").write_bytes(lzma.compress(text.encode(), preset=9))
licence = (pathlib.Path(sys.base_prefix) / "lib" / f"python3.{sys.version_info.minor}" / "LICENSE.txt").read_text()
start = licence.index("PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2")
end = licence.index("BEOPEN.COM LICENSE AGREEMENT")
(DATA / "toy_text.LICENSE").write_text(
    f"toy_text.txt.xz is text from pydoc_data/topics.py of Python {sys.version.split()[0]}, with layout removed\n"
    "(tools/make_toy_text.py). Copyright 2001-2023 Python Software Foundation; All Rights Reserved.\n\n"
    + licence[start:end].strip() + "\n")
print(len(text), "bytes", hashlib.sha256(text.encode()).hexdigest())
