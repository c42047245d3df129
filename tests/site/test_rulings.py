"""Chapter 14 repeats other chapters' numbers: each stands on its chapter's page; each link finds its explorer."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from inference_economics import rulings
from inference_economics.quantities.units import text

ARGUMENT = "14_the_argument_tested.html"


def _words(path: Path) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))))


def _numbers() -> dict[str, list[str]]:
    spent, world, moves, chip = (rulings.training_against_serving(), rulings.global_scale(), rulings.api_moves(),
                                 rulings.own_chip())
    stack, whole, memory, heads = rulings.full_stack(), rulings.integration(), rulings.memory(), rulings.shared_heads()
    block, apart, platform = rulings.block(), rulings.independence(), rulings.efficiency()
    return {
        "01_the_inversion": [text(spent.days, "days"), *(text(share, "%") for share in (
            spent.run_low, spent.run_high, spent.cash_low, spent.cash_high, spent.final_only))],
        "03_the_kv_cache": [text(memory.token_bytes, "B"), text(memory.equal_tok, "tokens"), text(memory.short, "%")],
        "04_sharing_heads": [text(heads.weights_bytes, "B"), text(heads.weights_unshared_bytes, "B")],
        "05_inside_the_block": [text(block.gated), text(block.models), text(block.longer, "×"),
                                text(block.dearer, "×")],
        "08_running_it_yourself": [text(heads.users), text(heads.users_unshared)],
        "09_api_rent_or_own": [text(usd, "USD") for usd in (world.rented_usd, world.held_usd, world.premium_usd)],
        "10_custom_silicon": [text(chip.units), text(chip.prompts), text(chip.floor_s, "s"), text(chip.target_s, "s"),
                              text(whole.own_over_cloud, "%"), text(whole.saved_by_owning, "%"),
                              text(whole.saved_by_design, "%"), text(whole.small_usd, "USD/h")],
        "11_the_whole_stack": [text(stack.before, "%"), text(stack.after, "%"), text(stack.pays)],
        "12_exposure": [text(moves.years_per_change, "model-years", 2), text(moves.thin_limit, "×"),
                        text(apart.small, "×"), text(apart.large, "×"), text(apart.rise, "%"),
                        text(apart.easy_rise, "%")],
        "13_your_decision": [text(platform.platform, "%"), text(platform.small, "%"),
                             text(platform.smaller_model, "×"), text(platform.apis, "×")],
    }


@pytest.mark.parametrize("chapter", _numbers())
def test_the_table_and_the_chapter_give_the_same_numbers(site, chapter):
    here, there = _words(site / "notebooks" / ARGUMENT), _words(site / "notebooks" / f"{chapter}.html")
    for number in _numbers()[chapter]:
        assert number in there, f"{number} does not stand in {chapter}: the chapter and chapter 14 differ"
        assert number in here


def test_every_link_finds_its_explorer_and_its_controls(site):
    page = (site / "notebooks" / ARGUMENT).read_text(encoding="utf-8")
    links = [unescape(link) for link in re.findall(r'href="(\w+\.html#explorer-[^"]*)"', page)]
    assert len(links) >= 12
    for link in links:
        name, _, query = link.partition("#")[2].partition("?")
        other = (site / "notebooks" / link.partition("#")[0]).read_text(encoding="utf-8")
        figure = other[other.index(f'id="{name}"'):]
        controls = re.findall(r'data-parameter="(\w+)"', figure[:figure.index("</figure>")])
        assert {key for key, _ in parse_qsl(query)} <= set(controls), link
