"""Each page's head, as light as the page allows: what it names is loaded, in time, and nothing else."""

from __future__ import annotations

import html as markup
import json
import re
from pathlib import Path

# The theme's own lines name a theme only after its deferred script has run: a reader in the dark sees a white flash.
# Fonts are asked for at once, but not from disk, where a browser refuses what is asked for this way.
START = """\
<script>
    {
      if (location.protocol.startsWith("http")) for (const name of FONTS) {
        const href = `ROOT_static/fonts/${name}.woff2`;
        const link = { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href };
        document.head.append(Object.assign(document.createElement("link"), link));
      }
      let kept = null;
      try { kept = localStorage.getItem("mode"); } catch { /* a reader may forbid keeping anything */ }
      const { dataset } = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
      dataset.mode = kept || "auto";
      dataset.theme = kept === "light" || kept === "dark" ? kept : dark ? "dark" : "light";
    }
  </script>"""
THEME_OF_THE_THEME = re.compile(r'<script data-cfasync="false">.*?</script>', re.DOTALL)
META = re.compile(r'\s*<meta (?:charset|name="(?:viewport|docsearch:\w+)")[^>]*>')
CHARSET = '<meta charset="utf-8">\n    <meta name="viewport" content="width=device-width, initial-scale=1">'
SCRIPT = re.compile(r'<script (?![^>]*defer)([^>]*src="[^"]*?([\w.-]+\.js)[^"]*")>')
PARAGRAPH = re.compile(r"<p>(.+?)</p>", re.DOTALL)
# Two of the five fonts stand above the fold of every page.
PRELOADED = ("source-serif-4-latin-wght-normal", "source-sans-3-latin-wght-normal")
# Scripts and inline lines that serve one kind of content, and how a page's body shows that it has some.
SERVES = {
    r'<script[^>]*src="[^"]*design-tabs\.js[^>]*></script>': "sd-tab-",
    r'<script[^>]*src="[^"]*togglebutton\.js[^>]*></script>|<script>(?:let toggle|var togglebutton)[^<]*</script>':
        r'class="[^"]*\b(?:toggle|dropdown)\b[^"]*\badmonition|class="admonition[^"]*dropdown|class="toggle',
    r'<script[^>]*src="[^"]*(?:copybutton|clipboard\.min)\.js[^>]*></script>': '<div class="highlight">',
    r'<script[^>]*src="[^"]*(?:searchtools|language_data|searchindex)\.js[^>]*></script>': "$^",
}
DESCRIPTION_LETTERS = 155  # what search engines show


def describe(body: str) -> str:
    """Return the first paragraph of a page's article, in plain text, cut at a word; empty where there is none."""
    article = body[body.find("<article"):] if "<article" in body else ""
    for paragraph in PARAGRAPH.finditer(article):
        text = " ".join(markup.unescape(re.sub(r"<[^>]+>", "", paragraph[1])).split())
        if len(text) > 40:
            if len(text) <= DESCRIPTION_LETTERS:
                return text
            return text[:DESCRIPTION_LETTERS].rsplit(" ", 1)[0].rstrip(",;:.") + " …"
    return ""


def lighten(html: str, root: str, search: bool = False) -> str:
    """Return a page with a light head, and with figures that may use the margin.

    Parameters
    ----------
    html : str
        The page as the theme wrote it.
    root : str
        The way from the page to the site's root: empty or ``../``, once or more.
    search : bool
        Whether this is the page that searches, which needs the search's scripts.
    """
    head, end, body = html.partition("</head>")
    if not end:
        return html  # the page that leads on from the site's root
    start = START.replace("FONTS", json.dumps(PRELOADED)).replace("ROOT", root)
    head = THEME_OF_THE_THEME.sub(lambda _: start, META.sub("", head), count=1)
    if not search:
        for scripts, content in SERVES.items():
            if not re.search(content, body):
                head = re.sub(rf"\s*(?:{scripts})", "", head)
        # In order, after the page has been read; an inline line sets the options, so their script comes before it.
        head = SCRIPT.sub(lambda m: m[0] if m[2] == "documentation_options.js" else f"<script defer {m[1]}>", head)
    words = describe(body)
    description = f'\n    <meta name="description" content="{markup.escape(words)}">' if words else ""
    # The theme folds the contents in the margin while something of its class "full-width" is on the screen.
    body = body.replace('<figure class="explorer"', '<figure class="explorer full-width"')
    return head.replace("<head>", f"<head>\n    {CHARSET}{description}", 1) + end + body


def lighten_all(outdir: Path, pages: list[Path]) -> None:
    """Lighten the head of every page of a site."""
    for path in pages:
        depth = len(path.relative_to(outdir).parts) - 1
        html = lighten(path.read_text(encoding="utf-8"), "../" * depth, search=path.name == "search.html")
        path.write_text(html, encoding="utf-8")
