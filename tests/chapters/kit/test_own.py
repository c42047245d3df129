"""A model by its config.json and a chip by its data sheet, in figures: the page reads what Python reads."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import urllib.parse
from pathlib import Path

import numpy as np
import pytest
from browser import PATIENCE_MS
from parity import harness

from inference_economics import accelerators, models
from inference_economics.chapters import kit
from inference_economics.chapters.kit.own import NEEDS, READER, OwnChip, own_chip, own_model
from inference_economics.models.rows import model_of_numbers
from inference_economics.serving.unpacked import of_model
from kernelless import Axis, Figure, Line, Readout, explore, runtime, standalone
from kernelless.own import OWN

CONFIGS = Path(__file__).parents[2] / "fixtures" / "configs"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(CONFIGS.glob("*.json"))
         if path.stem not in ("counts", "variants")}


@pytest.fixture(scope="module")
def read(node, tmp_path_factory):
    """Return a function that lets the page's script read texts."""
    path = tmp_path_factory.mktemp("reader") / "reader.js"
    path.write_text(runtime.script("""
        const { texts, told } = JSON.parse(require("fs").readFileSync(0, "utf8")), said = texts.map((text) => {
          try { return readBrought(text, told); } catch (error) { return { refused: error.message }; }
        });
        console.log(JSON.stringify(said));""", readers=(READER,)), encoding="utf-8")

    def ask(texts, **told):
        given = json.dumps({"texts": texts, "told": told})
        done = subprocess.run([node, path], input=given, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return ask


def test_the_page_reads_every_config_as_python_does(read):
    own, said = own_model(), read([*TEXTS.values()])
    for (name, text), page in zip(TEXTS.items(), said, strict=True):
        here = own.numbers(text)
        assert "refused" not in page, (name, page)
        assert np.array_equal(here, np.array(page["numbers"], float)), name
        # What travels in the link is shorter, and the same model.
        assert len(page["text"]) < max(len(text), 2000), name
        assert np.array_equal(own.numbers(page["text"]), here), name


VALUES = [0, -1, 1, 2, 3, 1.5, "x", "", "full", None, [], {}, True, False, 10**9, 10**7, [1, 2], "full_attention",
          ["full_attention"], {"a": 1}, 64, 4096, 12]
KEYS = ["zzz", "sliding_window", "layer_types", "head_dim", "num_experts", "q_lora_rank", "tie_word_embeddings"]


def spoilt(count: int) -> list[str]:
    """Return configurations with a key or two changed, left out or added, many of which nobody can read."""
    rng = random.Random(11)
    raws, found = [json.loads(text) for text in TEXTS.values()], []
    for _ in range(count):
        raw = copy.deepcopy(rng.choice(raws))
        inner = raw.get("text_config")
        at = inner if isinstance(inner, dict) and rng.random() < 0.8 else raw
        for _ in range(rng.choice([1, 1, 1, 2])):
            key, act = rng.choice([*at]), rng.random()
            if act < 0.25:
                del at[key]
            elif act < 0.9:
                near = isinstance(at[key], int) and rng.random() < 0.3
                at[key] = at[key] * rng.choice([2, 3, 0]) + rng.choice([0, 1, -1]) if near else rng.choice(VALUES)
            else:
                at[rng.choice(KEYS)] = rng.choice(VALUES)
        found.append(json.dumps(raw))
    return found


def of_lists(count: int) -> list[str]:
    """Return configurations with a list that is longer, shorter, emptied, or holds what no layer is."""
    rng = random.Random(5)
    raws, found = [json.loads(text) for text in TEXTS.values()], []
    while len(found) < count:
        raw = copy.deepcopy(rng.choice(raws))
        inner = raw.get("text_config")
        at = inner if isinstance(inner, dict) else raw
        names = [name for name, value in at.items() if isinstance(value, list) and value]
        if not names:
            continue
        name = rng.choice(names)
        at[name] = rng.choice([
            lambda old: old[:-1], lambda old: [*old, old[-1]], lambda old: old * 2, lambda old: [*reversed(old)],
            lambda old: [float(one) if type(one) is int else one for one in old],
            lambda old: [*old[:-1], rng.choice([*VALUES, float("nan"), 10.0**15, -1.0, "sliding_attention"])],
        ])(at[name])
        found.append(json.dumps(raw))
    return found


def numbers_or_why(own, text):
    try:
        return own.numbers(text), ""
    except ValueError as error:
        return None, str(error)


def test_the_page_refuses_what_python_refuses(read):
    own, texts = own_model(), spoilt(1000) + of_lists(200)
    refused = 0
    for text, page in zip(texts, read(texts), strict=True):
        here, why = numbers_or_why(own, text)
        if here is None:
            assert page.get("refused"), (why, text)
            refused += 1
        else:
            assert "refused" not in page, (page, text)
            assert np.array_equal(here, np.array(page["numbers"], float)), text
    assert 200 < refused < 900


@pytest.mark.parametrize("needs", NEEDS)
def test_what_a_figure_cannot_do_without_is_asked_of_a_model_in_both(read, needs):
    own = own_model(needs)
    pages = read([*TEXTS.values()], **own.told)
    refused = 0
    for text, page in zip(TEXTS.values(), pages, strict=True):
        here, why = numbers_or_why(own, text)
        has = any(getattr(group, needs) for group in models.from_config(text).groups)
        assert (page.get("refused") == why == NEEDS[needs]) != has
        assert (here is not None) == has
        refused += not has
    assert refused < len(TEXTS)
    assert refused or needs == "q_heads"  # every published one attends
    assert "refused" not in read([own.example], **own.told)[0]  # what the form opens with will do


@pytest.mark.parametrize(("name", "key", "more"), [
    ("by_hand", "hidden", {"layers": 1000, "ffn_hidden": 10**7}),
    # nearly all of it in the layers that predict further tokens
    ("deepseek-v3", "moe_intermediate_size", {"num_nextn_predict_layers": 1000}),
])
def test_both_count_a_model_up_to_one_limit(read, name, key, more):
    """Halve the way to the largest number that Python takes: the page takes the same, and refuses the next."""
    own, raw = own_model(), json.loads(TEXTS.get(name, own_model().example)) | more
    low, high = 1, 10**7
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if numbers_or_why(own, json.dumps(raw | {key: middle}))[1] else (middle, high)
    _, why = numbers_or_why(own, json.dumps(raw | {key: high}))
    taken, refused = read([json.dumps(raw | {key: value}) for value in (low, high)])
    assert "1e+15 parameters are more than 1,000,000,000,000,000" in why
    assert "1.00e+15 parameters are more than 1,000,000,000,000,000." in refused["refused"]
    assert np.array_equal(own.numbers(taken["text"]), np.array(taken["numbers"], float))


@pytest.mark.parametrize(("text", "words"), [
    ("", "This is no JSON. Paste the whole config.json"), ("[]", "it holds no keys and values"),
    ("{}", "model_type is missing"), ('{"model_type": "gpt-9"}', "not known here. Known: llama, "),
    ('{"model_type": "llama", "zzz": 1}', '"zzz": not understood in a llama. If it changes neither weights nor cache'),
    ('{"model_type": "llama"}', "hidden_size is missing in a llama"),
    ('{"a": {"b": ["{"], "c": 1}, "b": 1, "model_type": "gpt2", "model_typ\\u0065": "gpt2"}', "stands there twice"),
    ('{"a": [{"b": 1}, {"b": 1, "\\"}": 1, "b": 2}]}', 'the key "b" stands there twice'),
    ('{"model_type": "constructor"}', "is not known here"), ('{"__proto__": {"model_type": "llama"}}', "is missing"),
    ("[" * 100_000, "This is no JSON"), ("x" * 4_000_001, "much shorter"),
])
def test_a_text_that_is_no_config_is_refused_in_words(read, text, words):
    assert words in read([text])[0]["refused"]
    with pytest.raises(ValueError, match=r"[a-z]"):
        own_model().numbers(text)


@pytest.mark.parametrize("precision", ["fp8", "bf16", "fp4", "awq"])
def test_a_format_weighs_a_row_as_it_weighs_the_model(precision):
    for name, text in TEXTS.items():
        model = models.from_config(text)
        here, row = of_model(model, precision), of_model(model_of_numbers(own_model().numbers(text)), precision)
        for field, value in vars(here).items():
            assert np.array_equal(value, getattr(row, field)), (name, field)


def counted(model, chip):
    """A figure of a model's parameters and cache, and of a chip."""
    numbers = {"Parameters": (model.n_params, ""), "Active": (model.n_params_active, ""),
               "Cache": (model.kv_values_per_token * 2, "B"), "State": (model.state_values * 2, "B"),
               "Memory": (chip.hbm_bytes, "B"), "Arithmetic": (chip.flop_per_s("fp8"), "FLOP/s"),
               "Rent": (kit.rent_usd_per_hour(chip), "USD")}
    return Figure(x=Axis("x", (0, 1)), y=Axis("y", (0, 1)),
                  marks=[Line(np.array([0.0, 1.0]), np.array([0.0, 1.0]) * (model.layers > 0), "line")],
                  readouts=[Readout(label, value, unit) for label, (value, unit) in numbers.items()])


@pytest.fixture(scope="module")
def explorer():
    return explore(counted, title="Counts", watch="Bring a model.", model=kit.model_choice("qwen3-8b", "deepseek-v3"),
                   chip=kit.chip_choice("h100-sxm", "b200"))


def test_a_figure_counts_every_config_to_the_last_digit(explorer, node):
    page = harness.page(node)
    assert explorer.without_own == {}
    program, places = copy.deepcopy(explorer.program), [row["value"] for row in explorer.spec["readouts"]][:4]
    at, options = program["own"]["model"]
    for name, text in TEXTS.items():
        model = models.from_config(text)
        program["constants"][at - len(program["inputs"])] = own_model().numbers(text).tolist()
        given = {"model": options, "chip": 0}
        there = page.run(program, places, np.array([[given[key] for key in program["inputs"]]], float))[0]
        assert list(there) == [model.n_params, model.n_params_active, model.kv_values_per_token * 2,
                               model.state_values * 2], name
        assert [row.value for row in explorer.figure(model=OWN + text).readouts][:4] == list(there), name
    assert explorer.readouts(model=models.get("llama-3.1-405b"))["Parameters"] == "406B"


def test_a_chip_is_its_data_sheet(explorer):
    sheet = json.loads(own_chip().example) | {"hbm_bytes": 2e11, "rent_usd_per_hour": 7.25}
    shown = explorer.readouts(chip=OWN + json.dumps(sheet))
    assert (shown["Memory"], shown["Rent"]) == ("200 GB", "$7.25")
    mine = own_chip().thing(json.dumps(sheet))
    assert isinstance(mine, OwnChip)
    assert explorer.readouts(chip=mine) == shown
    with pytest.raises(ValueError, match="unknown option"):
        explorer.figure(chip=accelerators.get("mi300x"))
    with pytest.raises(ValueError, match=r"hbm_bytes=1 is not a number of 1e\+08\.\.1e\+14"):
        explorer.figure(chip=OWN + json.dumps(sheet | {"hbm_bytes": 1}))


def test_a_config_is_pasted_and_travels(explorer, chromium, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(standalone(explorer), encoding="utf-8")
    context = chromium.new_context(offline=True)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    complaints = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(path.as_uri())

    def shown():
        return {row.locator("span").first.text_content(): row.locator("output").text_content()
                for row in tab.locator(".ex-readout").all()}

    def wait_for(model, **more):
        wanted = explorer.readouts(model=model, **more)
        tab.wait_for_function("(wanted) => [...document.querySelectorAll('.ex-readout')].every((row) => "
                              "wanted[row.firstChild.textContent] === row.querySelector('output').textContent)",
                              arg=wanted)
        assert shown() == wanted

    select, form = tab.locator("select[data-parameter=model]"), tab.locator("[data-control=model] .ex-own")
    assert form.count() == 0
    select.select_option(OWN)
    wait_for(OWN + own_model().example)
    area, said = form.locator("textarea"), form.locator(".ex-own-said")
    assert "36 layers, 4096 wide" in said.text_content()
    text = TEXTS["gpt-oss-20b"]
    area.fill(text)
    area.blur()
    wait_for(OWN + text)
    assert said.text_content().startswith("Read as gpt_oss: 24 layers of 2 kinds, 2880 wide.")
    area.fill('{"model_type": "gpt-9"}')
    area.blur()
    tab.locator(".ex-own textarea[aria-invalid]").wait_for()
    assert "not known here" in said.text_content()
    assert shown() == explorer.readouts(model=OWN + text)
    # A number is typed: the others are the example's.
    form.locator("summary").click()
    layers = form.get_by_label("Layers", exact=True)
    layers.fill("12")
    layers.blur()
    typed = OWN + json.dumps(json.loads(own_model().example) | {"layers": 12})
    wait_for(typed)
    tab.locator("[data-action=undo]").click()
    wait_for(OWN + text)
    # The chip's numbers, and both in the link.
    tab.locator("select[data-parameter=chip]").select_option(OWN)
    memory = tab.locator("[data-control=chip]").get_by_label("Memory", exact=True)
    memory.fill("96 GB")
    memory.blur()
    chip = OWN + json.dumps(json.loads(own_chip().example) | {"hbm_bytes": 96e9})
    wait_for(OWN + text, chip=chip)
    tab.locator("[data-action=link]").click()
    tab.locator(".ex-link:not([hidden])").wait_for()
    link = tab.locator(".ex-link").input_value()
    tab.evaluate("sessionStorage.clear()")
    tab.goto("about:blank")
    tab.goto(link)
    wait_for(OWN + text, chip=chip)
    # A link that a hand has written, with a pinned setting; and one that nobody can read.
    query = urllib.parse.urlencode({"model": OWN + TEXTS["deepseek-v3"], "A.model": OWN + own_model().example})
    tab.goto("about:blank")
    tab.goto(f"{path.as_uri()}#explorer-counted?{query}")
    wait_for(OWN + TEXTS["deepseek-v3"])
    words = explorer.readouts(model=OWN + own_model().example)["Parameters"]
    assert tab.locator(".ex-pinned").first.text_content().startswith(f"A: {words}; change: ")
    tab.goto("about:blank")
    tab.goto(f"{path.as_uri()}#explorer-counted?{urllib.parse.urlencode({'model': OWN + 'nonsense'})}")
    tab.locator(".ex-cursor", has_text="This is no JSON").wait_for()
    tab.evaluate("sessionStorage.clear()")
    assert shown() == explorer.readouts()
    assert complaints == []
    context.close()
