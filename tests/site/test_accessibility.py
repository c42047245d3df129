"""Every page read by axe, in both themes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from book_site import page_names

# Levels A and AA of the guidelines, which most public bodies must meet. The other rules are advice.
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", page_names())
def test_a_page_is_accessible(visit, name, theme):
    page = visit(name, color_scheme=theme)
    # The policy forbids what axe would add to the page as a script element; evaluating it in the page is allowed.
    violations = Axe().run(page, options=AXE).response["violations"]
    assert [(v["id"], [node["html"][:160] for node in v["nodes"]][:3]) for v in violations] == []
