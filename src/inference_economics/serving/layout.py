"""How a model is cut over chips."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ..quantities.checks import is_traced, require, require_whole, shown
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .queueing import column


@dataclass(frozen=True)
class Layout:
    """How many chips hold one copy of a model, and what each of them holds.

    Parameters
    ----------
    tp : numeric
        Tensor parallel: chips over which every layer of a group is cut. [1]
    attention_dp : numeric
        Data-parallel attention: groups that each hold whole attention layers and a share of the sequences; the experts
        are spread over all groups. [1]
    ep : numeric
        Expert parallel: chips over which whole experts are spread, with tokens sent to them and back; 1 cuts every
        expert instead. [1]
    cp : numeric
        Context parallel in decode: parts into which a group cuts the cache of one sequence by position, so that
        key-value heads, or a latent that is one head to all, need fewer copies. vLLM calls it
        ``--decode-context-parallel-size``, SGLang ``--dcp-size``. [1]
    pp : numeric
        Pipeline parallel: stages of consecutive layers. [1]
    batch_sharded : numeric
        1 where a group cuts the cache by sequence in place of heads (Pope et al. [1]_), at an all-to-all before and
        after attention; else 0. [1]
    imbalance : numeric or None
        Load of the busiest expert chip over the mean; None takes what independent choices give (`expert_imbalance`).
        [1]

    Raises
    ------
    ValueError
        When a degree is no whole number, or one does not divide what it cuts.

    References
    ----------
    .. [1] Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022, section 3.3.
    """

    tp: Numeric = 1.0
    attention_dp: Numeric = 1.0
    ep: Numeric = 1.0
    cp: Numeric = 1.0
    pp: Numeric = 1.0
    batch_sharded: Numeric = 0.0
    imbalance: Numeric | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be laid out. Traced values are guarded by their sliders."""
        degrees = {name: getattr(self, name) for name in ("tp", "attention_dp", "ep", "cp", "pp")}
        require_whole(**degrees)
        require(0, 1, hint="1 cuts the cache by sequence, 0 by head.", batch_sharded=self.batch_sharded)
        if not is_traced(self.batch_sharded) and np.any(np.asarray(self.batch_sharded, dtype=float) % 1):
            raise ValueError(f"batch_sharded={shown(self.batch_sharded)} is neither 0 nor 1: 1 cuts the cache by "
                             "sequence, 0 by head.")
        if self.imbalance is not None:
            require(1, 1e6, hint="give the busiest chip's load over the mean.", imbalance=self.imbalance)
        for field in fields(self):
            value = getattr(self, field.name)
            # numpy's short whole numbers would overflow, and lists repeat themselves
            if not (value is None or type(value) in (int, float) or is_traced(value)):
                object.__setattr__(self, field.name, np.asarray(value, dtype=float)[()])
        if any(is_traced(getattr(self, field.name)) for field in fields(self)):
            return
        tp, dp, ep, cp = (np.asarray(degrees[name], dtype=float) for name in ("tp", "attention_dp", "ep", "cp"))
        if np.any(tp % cp):
            raise ValueError(f"cp={self.cp} does not divide tp={self.tp}: a group cuts its cache over its chips.")
        if np.any(tp * dp % ep):
            raise ValueError(f"ep={self.ep} does not divide tp * attention_dp = {tp * dp}: experts are spread over the "
                             "chips of a stage.")
        if np.any(np.logical_and(np.asarray(self.batch_sharded) > 0, cp > 1)):
            raise ValueError(f"cp={self.cp} and batch_sharded=1 exclude each other: a cache cut by sequence is whole.")

    @classmethod
    def of(cls, n_chips: Numeric, attention_dp: Numeric = 1.0, ep: Numeric = 1.0,
           imbalance: Numeric | None = None) -> Layout:
        """Return the layout of `n_chips` chips in `attention_dp` groups, with experts spread or cut like the rest."""
        if not (is_traced(n_chips) or is_traced(attention_dp)):
            require_whole(n_chips=n_chips, attention_dp=attention_dp)
            n_chips, attention_dp = np.asarray(n_chips, dtype=float)[()], np.asarray(attention_dp, dtype=float)[()]
            if np.any(n_chips % attention_dp):
                raise ValueError(f"attention_dp={attention_dp:g} does not divide n_chips={n_chips:g}."
                                 if np.ndim(n_chips) == np.ndim(attention_dp) == 0 else
                                 f"attention_dp={attention_dp!r} does not divide {n_chips!r} chips.")
        return cls(tp=n_chips / attention_dp, attention_dp=attention_dp, ep=ep, imbalance=imbalance)

    @property
    def stage_chips(self) -> Numeric:
        """Chips of one pipeline stage [1]."""
        return self.tp * self.attention_dp

    @property
    def n_chips(self) -> Numeric:
        """Chips that hold one copy of the model [1]."""
        return self.stage_chips * self.pp

    @property
    def holders(self) -> Numeric:
        """Places that hold whole sequences: groups, or their chips where a cache is cut by sequence [1]."""
        return self.attention_dp * np.where(self.batch_sharded > 0, self.tp, 1.0)

    def held_sequences(self, batch: Numeric) -> Numeric:
        """Sequences of a batch whose cache a group reads in a step, counted so that its busiest chip's come out right.

        A chip that holds whole sequences reads one at least, however few there are: a group of such chips waits for it.
        """
        batch = self.micro_batch(batch)
        busiest = np.maximum(batch / self.holders, np.minimum(batch, 1.0))
        return busiest * np.where(self.batch_sharded > 0, self.tp, 1.0)

    def cache_shards(self, kv_heads: Numeric) -> Numeric:
        """Chips of a group that a cache is cut over before its heads are copied.

        Parameters
        ----------
        kv_heads : numeric
            Key-value heads; 1 for a latent cache. [1]

        Returns
        -------
        numeric
            One chip holds the cache of its group's sequences over this. [1]
        """
        return _shards(self.tp, self.cp, self.batch_sharded, kv_heads)

    def state_shards(self, heads: Numeric) -> Numeric:
        """Chips of a group that a fixed state of so many heads is cut over: it has no positions to cut it by [1]."""
        return _shards(self.tp, 1.0, self.batch_sharded, heads)

    def held_share(self, heads: Numeric, shares: Numeric) -> Numeric:
        """Share of a group's caches that one of its chips holds.

        Parameters
        ----------
        heads, shares : array
            Key-value heads of each sort of layers along the last axis, and the sort's share of the bytes. [1]

        Returns
        -------
        numeric
            One axis less. [1]
        """
        cut = _shards(column(self.tp), column(self.cp), column(self.batch_sharded), heads)
        share: Numeric = np.sum(shares / cut, axis=-1)
        return share

    def copied_params(self, heads: Numeric, params: Numeric) -> Numeric:
        """Weights that make keys and values and that a chip holds beyond its equal share, because heads are copied.

        Parameters
        ----------
        heads, params : array
            Key-value heads of each sort of layers along the last axis, and their weights. [1]

        Returns
        -------
        numeric
            One axis less; 0 where chips divide the heads. [1]
        """
        tp, cp = column(self.tp), column(self.cp)
        # parts of one sequence need the same keys and values, so the chips that hold them have the same weights
        held = cp / _shards(tp, cp, column(self.batch_sharded), heads)
        copied: Numeric = np.sum(params * (held - 1 / tp), axis=-1)
        return copied

    def busiest(self, choices: Numeric) -> Numeric:
        """Load of the busiest expert chip over the mean, when a layer's tokens choose so many experts together [1]."""
        even = expert_imbalance(choices, self.ep) if self.imbalance is None else self.imbalance
        return np.where(self.ep > 1, even, 1.0)

    def micro_batch(self, batch: Numeric) -> Numeric:
        """Sequences that pass a stage together: a pipeline is full while every stage has some of the batch [1]."""
        return np.maximum(batch / self.pp, np.minimum(batch, 1.0))


ONE_CHIP = Layout()


def _shards(tp: Numeric, cp: Numeric, batch_sharded: Numeric, heads: Numeric) -> Numeric:
    """Chips over which the cache of a sequence is cut; more chips than heads: each holds one, and heads are copied."""
    return np.where(batch_sharded > 0, tp, cp * heads / np.ceil(heads / (tp / cp)))


@checked
def expert_imbalance(choices: Numeric, ep: Numeric) -> Numeric:
    """Load of the busiest of some expert chips over the mean, when tokens choose independently and evenly.

    Parameters
    ----------
    choices : numeric
        Experts chosen in a layer by all tokens of a step together: the batch times the experts of one token. [1]
    ep : numeric
        Chips over which the experts are spread. [1]

    Returns
    -------
    numeric
        1 + √(2 ln n · n / choices), at most n: every choice on one chip. [1]

    Notes
    -----
    The expected largest of n sums of rare independent choices, to first order. Trained routers are less even, and
    engines copy popular experts to even them out.
    """
    mean = np.maximum(choices / ep, 1e-9)
    return np.where(ep > 1, np.minimum(1 + np.sqrt(2 * np.log(np.maximum(ep, 1.0)) / mean), ep), 1.0)
