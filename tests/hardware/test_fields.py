"""Reading memory and links: what is understood, what is refused, and the speed of a group."""

import tomllib

import numpy as np
import pytest
from numpy.testing import assert_allclose

from inference_economics import catalog
from inference_economics.hardware.fields import Link, group_bytes_per_s, link_fields, memory_fields

ROWS = tomllib.loads(catalog.path("accelerators.toml").read_text(encoding="utf-8"))
SEEN = {"usable_source": "a test", "usable_date": "2026", "usable_confidence": "primary"}
READ = {"links_source": "a test", "links_date": "2026", "links_confidence": "primary"}
FAST = {"kind": "switch", "name": "a", "gb_per_s": 450, "chips": 8}
SLOW = {"kind": "network", "name": "b", "gb_per_s": 50}


@pytest.mark.parametrize("name", ROWS)
def test_every_row_is_understood(name):
    memory, links = memory_fields(ROWS[name]), link_fields(ROWS[name])
    assert 0.74 < memory["hbm_bytes"] / memory["nominal_bytes"] <= 1
    if links:
        assert links["link_bytes_per_s"] == links["links"][0].bytes_per_s
        assert group_bytes_per_s(links["links"], links["links"][0].chips or 2) == links["link_bytes_per_s"]


def test_a_row_of_your_own_needs_no_counted_memory():
    assert memory_fields({"hbm_gb": 64}) == {"nominal_bytes": 64e9, "hbm_bytes": 64e9, "usable_basis": "nominal"}
    assert memory_fields({}) == {}
    assert link_fields({"link_gb_per_s": 450})["links"] == (Link("unstated", "link", 450e9),)
    assert link_fields({}) == {}


@pytest.mark.parametrize(("row", "message"), [
    ({"hbm_gb": 64, "hbm_gib": 64}, r"hbm_bytes is given twice \(as hbm_gib the second time\)"),
    ({"hbm_gb": "64"}, "hbm_gb='64' is not a number"),
    ({"hbm_gb": True}, "hbm_gb=True is not a number"),
    ({"hbm_gb": float("nan")}, "hbm_gb=nan is not a number"),
    ({"hbm_gib": 80, "usable_basis": "driver"}, "usable_basis='driver' does not go with no usable figure"),
    ({"hbm_gib": 80, "usable_mib": 81559}, "usable_basis='nominal' does not go with a usable figure"),
    ({"hbm_gib": 80, "usable_basis": "guess"}, "unknown usable_basis 'guess'; known: driver"),
    ({"usable_mib": 81559, "usable_basis": "driver", **SEEN}, "needs the vendor's beside it"),
    ({"hbm_gib": 80, "usable_gib": 81559, "usable_basis": "driver", **SEEN}, "is 1019 of the vendor's"),
    ({"hbm_gib": 80, "usable_gib": 80.1, "usable_basis": "driver", **SEEN}, "is 1.001 of the .*outside 0.7..1"),
    ({"hbm_gib": 80, "usable_gib": 50, "usable_basis": "driver", **SEEN}, r"is 0.625 of the vendor's"),
    ({"hbm_gib": 80, "usable_mib": 81559, "usable_basis": "driver", "source": "a sheet"}, "source is empty"),
    ({"hbm_gib": 80, "usable_source": "x"}, "need a usable figure beside them"),
])
def test_wrong_memory_is_named(row, message):
    with pytest.raises(ValueError, match=message):
        memory_fields(row)


@pytest.mark.parametrize(("row", "message"), [
    ({"links": [FAST], "source": "a sheet"}, "source is empty"),
    ({"links": [FAST], "links_date": "2026"}, "source is empty"),
    ({"links": [], **READ}, "not a list of tiers"),
    ({"links": [{"kind": "switch"}], **READ}, "needs kind, name and gb_per_s"),
    ({"links": [{**FAST, "speed": 1}], **READ}, "needs kind, name and gb_per_s"),
    ({"links": [{**FAST, "kind": "star"}], **READ}, "unknown link kind 'star'; known: switch"),
    ({"links": [{**FAST, "gb_per_s": 450e9}], **READ}, "is outside 1e9..1e14 bytes/s; was it given in GB/s"),
    ({"links": [{**FAST, "gb_per_s": "450"}], **READ}, "gb_per_s='450' is not a number"),
    ({"links": [{**FAST, "chips": 1}], **READ}, "a link joins two chips at least"),
    ({"links": [{**FAST, "chips": 2.5}], **READ}, "must be a whole number"),
    ({"links": [{"kind": "bridge", "name": "a", "gb_per_s": 300}], **READ}, "a bridge needs chips"),
    ({"links": [SLOW, FAST], **READ}, "a must be slower than b and join more chips"),
    ({"links": [FAST], "link_gb_per_s": 450, **READ}, "given twice"),
    ({**READ}, "without links"),
])
def test_wrong_links_are_named(row, message):
    with pytest.raises(ValueError, match=message):
        link_fields(row)


def test_a_chip_of_ones_own_may_have_links_and_memory_without_a_source():
    links, memory = {"links": [FAST, SLOW]}, {"hbm_gib": 80, "usable_mib": 81559, "usable_basis": "driver"}
    assert len(link_fields(links)["links"]) == 2
    assert link_fields(links)["links_source"] == ""
    assert memory_fields(memory)["hbm_bytes"] == 81559 * 2**20


def tiers(name):
    return link_fields(ROWS[name])["links"]


@pytest.mark.parametrize(("name", "chips", "gb_per_s"), [
    ("h100-pcie", [1, 2, 3, 8], [300, 300, 64, 64]),
    ("h100-sxm", [2, 8, 9, 16], [450, 450, 50, 50]),
    ("gb300", [8, 72, 73], [900, 900, 100]),
    ("mi300x", [2, 3, 8], [64, 128, 448]),
    ("tpu-v5e", [4, 256], [200, 200]),
])
def test_a_group_moves_at_the_tier_that_joins_it(name, chips, gb_per_s):
    assert_allclose(group_bytes_per_s(tiers(name), np.array(chips)), np.array(gb_per_s) * 1e9)


@pytest.mark.parametrize("name", sorted(n for n, row in ROWS.items() if "links" in row))
def test_a_wider_group_is_not_faster_unless_meshed(name):
    links = tiers(name)
    widest = links[-1].chips or 1024
    speed = group_bytes_per_s(links, np.arange(2, widest + 1))
    assert np.all(speed > 0)
    if links[0].kind != "mesh":
        assert np.all(np.diff(speed) <= 0)


def test_a_group_that_no_link_joins_is_refused():
    with pytest.raises(ValueError, match=r"n_chips=16: the links of L40S join at most 8 chips \(PCIe 4.0 x16\)"):
        group_bytes_per_s(tiers("l40s"), [8, 16], "L40S")
    with pytest.raises(ValueError, match="has no link in the catalogue; use one chip or give link_bytes_per_s"):
        group_bytes_per_s((), 2)
