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
