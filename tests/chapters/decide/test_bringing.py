"""A config.json is read on the page by the figures' own reader, which comes when it is first asked for."""

from __future__ import annotations

import json

import pytest
from browser import PATIENCE_MS

from inference_economics import models
from inference_economics.chapters.decide import brief, page, room
from inference_economics.chapters.kit.own import READER, own_model
from inference_economics.decision import cards
from inference_economics.quantities.units import text as format_number
from kernelless import runtime


@pytest.fixture
def opened(chromium, tmp_path):
    runtime.write(tmp_path / "_static", readers=(READER,))
    (tmp_path / "page.html").write_text(
        '<!DOCTYPE html><meta charset="utf-8"><title>Page</title><link rel="stylesheet" href="_static/kernelless.css">'
        f'<script defer src="_static/kernelless.js"></script>{page.explorer().html()}'
        f"{room.bringing().html}{room.taking().html}", encoding="utf-8")
    context = chromium.new_context(offline=True)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    tab.complaints, tab.asked = [], []
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.on("request", lambda request: tab.asked.append(request.url.rsplit("/", 1)[-1].split("?")[0]))
    tab.goto((tmp_path / "page.html").as_uri())
    tab.locator('[data-bring="config"] summary').click()
    yield tab
    assert tab.complaints == []
    context.close()


def test_a_model_is_brought_by_the_reader_of_the_figures(opened):
    box = opened.locator('[data-bring="config"]')

    def read(words):
        box.locator("textarea").fill(words)
        box.locator("button").click()

    assert "kernelless-own.js" not in opened.asked
    read('{"model_type": "gpt-9"}')
    box.locator(".decide-said[data-refused=true]", has_text="model_type \"gpt-9\" is not known here").wait_for()
    text = json.dumps(json.loads(own_model().example) | {"layers": 40, "max_context_tok": 65_536})
    size = format_number(models.from_config(text).n_params, "")
    read(text)
    box.locator('.decide-said[data-refused=""]', has_text=f"A model of {size} parameters").wait_for()
    assert opened.asked.count("kernelless-own.js") == 1
    shape, context = cards.shape_of(models.from_config(text))
    known = dict(zip(brief.CARD, [*vars(shape).values(), context], strict=True))
    for name in ("own_params", "own_active", "own_layers", "own_hidden", "own_kv", "own_heads", "own_context"):
        assert float(opened.locator(f"[data-parameter={name}]").get_attribute("data-value")) == known[name], name
    windowed = {"model_type": "mistral", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
                "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 32000, "sliding_window": 4096}
    read(json.dumps(windowed))
    box.locator(".decide-said[data-refused=true]", has_text="windows or states").wait_for()
