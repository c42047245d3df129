"""The H100 and the programme of the chapters: against the catalogue and against each other."""

from __future__ import annotations

import pytest

from inference_economics import catalog, silicon
from inference_economics.silicon import reference


def test_the_build_and_the_margins_are_the_catalogues():
    build, margins = reference.h100_build(), reference.h100_margins()
    assert (build.chip_usd, build.n_chips, build.other_parts_usd) == (3320, 8, 32_010)
    assert margins.chip_margin == catalog.silicon("margin-chip-h100").value
    assert reference.h100_margins(0.5, cloud_margin=0.0).chip_margin == 0.5
    with pytest.raises(ValueError, match=r"chip_margin=88 is outside"):
        reference.h100_margins(88)


def test_a_server_without_margins_costs_what_semianalysis_says_it_does():
    """Eight chips at their bill of materials and the other parts come to less than the cost that they derive."""
    build = reference.h100_build()
    stack = silicon.margin_stack(build, silicon.Margins(), 0.25, 0.0)
    assert stack.server_usd == pytest.approx(8 * build.chip_usd + build.other_parts_usd)
    assert stack.server_usd == pytest.approx(catalog.silicon("server-dgx-h100-cost").value, rel=0.3)


def test_the_programme_to_one_digit():
    cost = silicon.programme.programme_cost(reference.programme(), reference.LIFE_YEARS, reference.DISCOUNT_RATE)
    assert cost.total_usd == reference.programme_usd() == pytest.approx(311e6 + 1e8 * (1 - 1.08**-5) / 0.08)
    assert reference.one_digit(reference.programme_usd()) == 7e8
    assert reference.one_digit(cost.nre_usd) == 3e8
