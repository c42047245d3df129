"""What follows from the book's public addresses: links that start a notebook, cards, a map of the site.

They are set in one place, `book/_config.yml`: `repository: {url, branch}`, `launch_buttons: {jupyterhub_url}` and
`html: baseurl`. Where one is empty, nothing of it appears.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

PICTURE = "book-card.png"


class Addresses(NamedTuple):
    """Where the book is kept, run and read; empty where it is not."""

    repository: str = ""
    branch: str = ""
    hub: str = ""
    site: str = ""

    @property
    def issues(self) -> str:
        return f"{self.repository}/issues/new" if self.repository else ""


def addresses(config) -> Addresses:
    """Return the addresses that the configuration holds.

    Raises
    ------
    ValueError
        For an address that is not https, or a repository that is not HOST/OWNER/NAME.
    """
    theme, launch = config.html_theme_options, config.html_theme_options.get("launch_buttons") or {}
    repository, branch = theme.get("repository_url"), theme.get("repository_branch")
    hub, site = (str(address or "").rstrip("/") for address in (launch.get("jupyterhub_url"), config.html_baseurl))
    found = Addresses(str(repository or "").rstrip("/").removesuffix(".git"), str(branch or "main"), hub, site)
    for name, address in found._asdict().items():
        if address and name != "branch" and not address.startswith("https://"):
            raise ValueError(f"{name}: {address!r} must begin with https://")
    if found.repository and len(urlsplit(found.repository).path.strip("/").split("/")) < 2:
        raise ValueError(f"repository: {found.repository!r} must be https://HOST/OWNER/NAME")
    return found


def launches(at: Addresses, notebook: str) -> list[tuple[str, str]]:
    """Return the names and addresses of the places that run a notebook, by its path in the repository."""
    if not at.repository:
        return []
    host, path = urlsplit(at.repository).netloc, urlsplit(at.repository).path.strip("/")
    name, found = path.rpartition("/")[2], []
    branch, lab = quote(at.branch, safe=""), quote(f"lab/tree/{notebook}", safe="")
    if host == "github.com":
        found.append(("Run on Binder", f"https://mybinder.org/v2/gh/{path}/{branch}?urlpath={lab}"))
        found.append(("Open in Colab",
                      f"https://colab.research.google.com/github/{path}/blob/{quote(at.branch)}/{notebook}"))
    elif host == "gitlab.com":
        found.append(("Run on Binder", f"https://mybinder.org/v2/gl/{quote(path, safe='')}/{branch}?urlpath={lab}"))
    if at.hub:
        where = quote(f"lab/tree/{name}/{notebook}", safe="")
        found.append(("Open on the hub", f"{at.hub}/hub/user-redirect/git-pull?repo={quote(at.repository, safe='')}"
                                         f"&branch={branch}&urlpath={where}"))
    return found


def cards(at: Addresses, name: str, title: str, description: str) -> str:
    """Return the lines of a page's head that a link to it shows elsewhere, where the site's address is known."""
    lines = [f'<meta name="book-issues" content="{escape(at.issues)}">'] if at.issues else []
    if at.site:
        page = f"{at.site}/{name}"
        lines.append(f'<link rel="canonical" href="{escape(page)}">')
        lines += [f'<meta property="og:{key}" content="{escape(value)}">' for key, value in (
            ("type", "article"), ("title", title), ("description", description), ("url", page),
            ("site_name", "The Infrastructure Trap"), ("image", f"{at.site}/_static/{PICTURE}")) if value]
        lines.append('<meta name="twitter:card" content="summary_large_image">')
    return "\n".join(lines)


def write_map(at: Addresses, outdir: Path, names: list[str]) -> None:
    """Write the map of the site and what robots may read, where the site's address is known."""
    if not at.site:
        return
    rows = "".join(f"<url><loc>{escape(f'{at.site}/{name}')}</loc></url>\n" for name in sorted(names))
    text = ('<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            f"{rows}</urlset>\n")
    (outdir / "sitemap.xml").write_text(text, encoding="utf-8")
    (outdir / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {at.site}/sitemap.xml\n", encoding="utf-8")


def title_of(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    return found[1].strip() if found else ""
