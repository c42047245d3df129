"""What stands below the figure: a section whose script finds what it needs."""

from __future__ import annotations

import json
import re

from inference_economics.chapters.decide import room


def test_the_memo_has_its_kit():
    made = room.taking()
    kit = json.loads(re.search(r'class="decide-kit">(.*?)</script>', made.html, re.DOTALL)[1])
    assert kit["ways"][0] == "API"
    assert f'data-figure="{room.FIGURE}"' in made.html
    assert made._repr_mimebundle_() == {"text/plain": repr(made), "text/html": made.html}


def test_the_script_of_the_page_stands_in_the_page_and_can_be_hashed():
    words = room.script()
    assert "</script" not in words
    assert "startBringing" in words
    assert not re.search(r"(?:^|[;}])\s*(?:import|export)\b(?!\()", words)


def test_what_is_brought_has_a_box_each():
    made = room.bringing()
    assert [name for name in ("usage", "benchmark", "config") if f'data-bring="{name}"' not in made.html] == []
    assert made.html.count("<textarea") == made.html.count('type="file"') == 3
