"""What the rulings rest on: every field of every record is documented, filled and finite."""

from __future__ import annotations

import numpy as np
import pytest

from inference_economics import rulings
from inference_economics.chapters import findings

RECORDS = {kind for kind in vars(findings).values() if hasattr(kind, "_fields")}
MADE = {
    findings.TrainingAgainstServing: rulings.training_against_serving, findings.GlobalScale: rulings.global_scale,
    findings.ApiMoves: rulings.api_moves, findings.OwnChip: rulings.own_chip, findings.FullStack: rulings.full_stack,
    findings.Integration: rulings.integration, findings.Memory: rulings.memory,
    findings.SharedHeads: rulings.shared_heads, findings.Block: rulings.block,
    findings.Independence: rulings.independence, findings.Efficiency: rulings.efficiency,
    findings.Example: rulings.example,
}


def test_each_record_is_made_by_a_ruling():
    assert set(MADE) == RECORDS


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.__name__)
def test_a_record_is_whole_and_its_words_name_what_it_holds(kind):
    found = MADE[kind]()
    assert isinstance(found, kind)
    assert kind.__doc__.startswith("For C") or "ladder" in kind.__doc__
    assert "[" in kind.__doc__
    for name, value in found._asdict().items():
        assert isinstance(value, str) or np.isfinite(value).all(), name
        assert isinstance(value, str) == (name not in findings.basis_of(found)), f"{name} has no basis"
    assert set(findings.basis_of(kind).values()) <= set(findings.BASES)


def test_what_we_set_is_called_assumed():
    assert findings.basis_of(rulings.integration())["saved_by_owning"] == findings.ASSUMED
    assert findings.basis_of(rulings.own_chip())["saving"] == findings.MEASURED
    assert findings.basis_of(findings.Independence)["small"] == findings.DERIVED
