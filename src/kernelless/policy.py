"""A Content-Security-Policy for a page, with the hashes of the page's own scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
POLICY = re.compile(r'\s*<meta http-equiv="Content-Security-Policy" content="[^"]*">')
CHARSET = re.compile(r"<meta charset=[^>]*>")
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
    # Styles: matplotlib writes style attributes into its SVG, Temml into its MathML. blob: is the download of a figure.
    return (f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
            "object-src 'none'")


def write_policies(pages: Iterable[Path]) -> None:
    """Write each page's policy into its head, in place of an earlier one. What changes scripts comes before."""
    for path in pages:
        html = POLICY.sub("", path.read_text(encoding="utf-8"))
        # A browser looks for the character set in the first 1,024 bytes only, and the policy may be longer.
        if place := CHARSET.search(html) or re.search("<head>", html):  # a page that only leads on may have none
            meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
            html = f"{html[:place.end()]}\n    {meta}{html[place.end():]}"
        path.write_text(html, encoding="utf-8")
