"""Whether chips divide a model, and that a deployment refuses exactly what they do not."""

from __future__ import annotations

import numpy as np
import pytest

from inference_economics import models, serving
from inference_economics.serving import Layout
from inference_economics.serving.cut import check_cut, cut_of

LAYOUTS = [Layout(), Layout(tp=3), Layout(tp=8), Layout(tp=64), Layout(tp=64, batch_sharded=1), Layout(pp=13),
           Layout(pp=200), Layout(tp=2, ep=2), Layout(tp=8, attention_dp=32, ep=256)]


@pytest.mark.parametrize("model", sorted(models.load()))
def test_one_rule_decides_here_and_in_a_deployment(model):
    m = models.get(model)
    for layout in LAYOUTS:
        cut = cut_of(m, layout)
        heads = [float(group.q_heads) for group in m.groups]
        assert bool(cut.heads) == (layout.batch_sharded == 1 or all(count % layout.tp == 0 for count in heads))
        assert bool(cut.stages) == (layout.pp <= m.layers)
        assert bool(cut.experts) == (layout.ep <= max(m.experts, 1))
        if cut.whole:
            assert serving.Deployment(m, "h100-sxm", layout).n_chips == layout.n_chips
            continue
        with pytest.raises(ValueError, match=r"does not divide the|has no more stages|this model has"):
            check_cut(m, layout)
        with pytest.raises(ValueError, match=r"does not divide the|has no more stages|this model has"):
            serving.Deployment(m, "h100-sxm", layout)


def test_layouts_side_by_side_are_decided_one_by_one():
    chips = np.array([1.0, 2.0, 4.0, 8.0, 12.0])
    assert cut_of("gpt2", Layout(tp=chips)).whole.tolist() == [True, True, True, False, True]
    with pytest.raises(ValueError, match="12 query heads"):
        check_cut(models.get("gpt2"), Layout(tp=chips))
