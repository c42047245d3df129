"""Every page read by axe, the Web Content Accessibility Guidelines' rules of levels A and AA."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from book_site import ROOT, page_names, website

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
LIVE = [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in website.pages()
        if "explore(" in path.read_text(encoding="utf-8")]
# Pages with sliders in both themes. The others share their colours, so one theme will do.
CASES = [(name, theme) for name in page_names() for theme in ("light", "dark") if theme == "light" or name in LIVE]
# The API page has thirty sections by the same hand; three stand for all.
SCOPE = {"include": [["body"]], "exclude": [["#api-reference > section:nth-of-type(n + 4)"]]}


@pytest.mark.parametrize(("name", "theme"), CASES)
def test_a_page_is_accessible(visit, name, theme):
    page = visit(name, color_scheme=theme)
    violations = Axe().run(page, context=SCOPE, options=AXE).response["violations"]
    assert [(v["id"], [node["html"][:160] for node in v["nodes"]][:3]) for v in violations] == []
