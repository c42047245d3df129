"""What a model's parts weigh in a format: scales, and what stays in 16 bits, included."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..models.groups import LayerGroup
from ..models.spec import Model
from ..quantities.numeric import Numeric, Truth
from .formats import PARTS, WIDE_BYTES, Format


class Stored(NamedTuple):
    """A model's weights as stored.

    Parameters
    ----------
    shared_params, head_params, expert_params : int
        What every token passes, without the head; the head; one expert over all layers. [1]
    shared_bytes, head_bytes, embedding_bytes, expert_bytes : float
        The same as stored; the embedding without a tied head; one expert. [B]
    shared_wide_params : int
        Matrices among the shared weights that stay in 16 bits and are multiplied so. [1]
    """

    shared_params: Numeric
    head_params: Numeric
    expert_params: Numeric
    shared_bytes: Numeric
    head_bytes: Numeric
    embedding_bytes: Numeric
    expert_bytes: Numeric
    shared_wide_params: Numeric

    @property
    def bytes_per_copy(self) -> Numeric:
        """Shared weights, head and embedding: what each group with whole attention layers holds [B]."""
        return self.shared_bytes + self.head_bytes + self.embedding_bytes


def part_params(m: Model) -> dict[str, Numeric]:
    """Count a model's weights by the parts that formats treat alike.

    Parameters
    ----------
    m : Model
        What runs.

    Returns
    -------
    dict
        `PARTS` to weights; ``experts`` are the matrices of all routed experts, whose vectors stand under ``bias``. The
        head of a tied model is its embedding, which then counts nothing. Sums to ``m.n_params``. [1]
    """
    def shared(group: LayerGroup) -> Numeric:
        return m.hidden * (group.ffn_matrices * (group.ffn_width + group.shared_width) + 2 * group.expert_input)

    def experts(group: LayerGroup) -> Numeric:
        return group.experts * (group.n_params_expert(m.hidden) - group.expert_vector_params)

    parts: dict[str, Numeric] = {
        "embedding": m.n_params_embedding - m.n_params_head, "head": m.n_params_head,
        "norm": m.total(lambda group: group.vector_params) + m.vector_params,
        "router": m.total(lambda group: m.hidden * group.router_width),
        "bias": m.total(lambda group: group.experts * group.expert_vector_params),
        "shared": m.total(shared), "experts": m.total(experts),
    }
    # the rest, so that a model with a stated total adds up to it
    return parts | {"attention": m.n_params - sum(parts.values())}


def wide_parts(m: Model, form: Format) -> dict[str, Truth]:
    """Say which parts of a model a format keeps in 16 bits.

    Parameters
    ----------
    m : Model
        What runs.
    form : Format
        Of the weights.

    Returns
    -------
    dict
        `PARTS`, and ``experts``, to whether they stay.
    """
    mixed, plain = form.kept(mixture=True), form.kept(mixture=False)
    return {part: np.where(m.experts > 0, part in mixed, part in plain) for part in (*PARTS, "experts")}


def stored(m: Model, form: Format) -> Stored:
    """Weigh a model's parts in a format: scales and what stays in 16 bits included.

    Parameters
    ----------
    m : Model
        What runs.
    form : Format
        Of the weights.

    Returns
    -------
    Stored
    """
    parts, wide = part_params(m), wide_parts(m, form)
    bytes_of = {part: count * np.where(wide[part], WIDE_BYTES, form.bytes_per_value) for part, count in parts.items()}
    shared, experts = ("norm", "router", "attention", "shared"), np.maximum(m.experts, 1)
    return Stored(
        shared_params=sum(parts[part] for part in shared), head_params=parts["head"], expert_params=m.n_params_expert,
        shared_bytes=sum(bytes_of[part] for part in shared), head_bytes=bytes_of["head"],
        embedding_bytes=bytes_of["embedding"], expert_bytes=(bytes_of["experts"] + bytes_of["bias"]) / experts,
        shared_wide_params=sum(parts[part] * np.where(wide[part], 1, 0)
                               for part in ("attention", "shared", "router")))
