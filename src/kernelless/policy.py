"""A Content-Security-Policy for a page, with the hashes of the page's own scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
POLICY = re.compile(r'\s*<meta http-equiv="Content-Security-Policy" content="[^"]*">')
DATA = re.compile(r"""type=["']?(application/(?:json|ld\+json|vnd[^"' ]*)|text/(?:x-[^"' ]*))""")


def policy(html: str) -> str:
    """Return the strict policy that this page fulfils: no eval, no foreign host, inline scripts by their hash.

    Parameters
    ----------
    html : str
        The whole page, with all the scripts that it will have.
    """
    hashes = []
    for script in SCRIPT.finditer(html):
        if "src=" in script["attributes"] or DATA.search(script["attributes"]):
            continue
        digest = base64.b64encode(hashlib.sha256(script["body"].encode()).digest()).decode()
        hashes.append(f"'sha256-{digest}'")
    scripts = " ".join(["'self'", *sorted(set(hashes))])
    # Styles: matplotlib and MathJax write style attributes into their SVG. blob: is the download of a figure.
    return (f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'")


def write_policies(pages: Iterable[Path]) -> None:
    """Write each page's policy into its head, in place of an earlier one. What changes scripts comes before."""
    for path in pages:
        html = POLICY.sub("", path.read_text(encoding="utf-8"))
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
        path.write_text(html.replace("<head>", f"<head>\n    {meta}", 1), encoding="utf-8")
