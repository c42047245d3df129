"""What the chips of one copy send each other: link speeds, the collectives of a step, and those of a prompt."""

from __future__ import annotations

import numpy as np

from ..hardware.links import all_reduce_bytes, all_to_all_bytes, tier_bytes_per_s
from ..quantities.checks import is_traced
from ..quantities.limits import checked
from ..quantities.numeric import Numeric, Truth
from .constants import Constants
from .layout import ONE_CHIP, Layout
from .setups import Setup

ACTIVATION_BYTES = 2.0


@checked
def link_bytes_per_s(s: Setup, n_chips: Numeric) -> Numeric:
    """Link speed of one chip in a group; see `links.tier_bytes_per_s`.

    Parameters
    ----------
    s : Setup
        Model and chip.
    n_chips : numeric
        Size of the group. [1]

    Returns
    -------
    numeric
        NaN where no link joins so many. [B/s]
    """
    beyond = tier_bytes_per_s(n_chips, s.far_link_bytes_per_s, s.far_link_chips)
    return tier_bytes_per_s(n_chips, s.link_bytes_per_s, s.link_chips, s.link_mesh, beyond)


@checked
def joined(s: Setup, n_chips: Numeric) -> Truth:
    """Say whether links join a group of chips; one chip needs none.

    Parameters
    ----------
    s : Setup
        Model and chip.
    n_chips : numeric
        Size of the group. [1]

    Returns
    -------
    bool or array
    """
    return np.logical_or(n_chips <= 1, n_chips <= np.maximum(s.link_chips, s.far_link_chips))


def _sent_s(s: Setup, sent_bytes: Numeric, n_chips: Numeric, group: Numeric, share: Numeric) -> Numeric:
    """Time to send something in each of the collectives of a group; nothing where it has one chip."""
    return np.where(group > 1, sent_bytes / (link_bytes_per_s(s, n_chips) * share), 0.0)


def sum_over_layers_s(s: Setup, batch_tok: Numeric, layout: Layout, share: Numeric) -> Numeric:
    """Send two all-reduces per layer, latency aside; with whole experts on chips theirs is an all-to-all instead."""
    n = layout.stage_chips
    collectives = 2 * s.layers - np.where(layout.ep > 1, s.expert_layers, 0)
    sent = all_reduce_bytes(batch_tok * s.hidden * ACTIVATION_BYTES, n)
    return collectives * _sent_s(s, sent, n, n, share)


def _all_reduce_s(s: Setup, c: Constants, message_bytes: Numeric, n_chips: Numeric, latency_s: Numeric) -> Numeric:
    """Send one all-reduce of a decode step, its first round's latency aside.

    A small message goes whole to every other chip at once; a large one in two rounds, each chip's share out and the
    sums back, which is less to send and one latency more. Engines take the faster.
    """
    whole = _sent_s(s, message_bytes * (n_chips - 1), n_chips, n_chips, c.message_share)
    shares = _sent_s(s, all_reduce_bytes(message_bytes, n_chips), n_chips, n_chips, c.message_share)
    return np.minimum(whole, shares + latency_s)


def experts_sent_s(s: Setup, batch: Numeric, layout: Layout, share: Numeric) -> Numeric:
    """Send tokens to the chips of their experts and back; the busiest chip sets the pace."""
    message = batch / layout.stage_chips * s.experts_active * s.hidden * ACTIVATION_BYTES
    sent = 2 * all_to_all_bytes(message, layout.ep) * layout.busiest(batch * s.experts_active)
    return s.expert_layers * _sent_s(s, sent, layout.stage_chips, layout.ep, share)


@checked
def communication_time_s(s: Setup, c: Constants, batch: Numeric, layout: Layout = ONE_CHIP) -> Numeric:
    """Collectives of a decode step: two all-reduces per layer, and what the layout needs besides or instead.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    layout : Layout
        How a copy is cut.

    Returns
    -------
    numeric
        Latency, and what each chip sends; NaN where no link joins the chips. [s]

    Notes
    -----
    Whole experts on chips: tokens to them and back in place of one all-reduce. A cache cut by position: one all-reduce
    of queries and partial results per layer. A cache cut by sequence: two all-to-alls per layer. A pipeline: one
    message per stage. Queries and keys that are normalised over all heads together: one sum more per layer, of a number
    per token.
    """
    batch, n = layout.micro_batch(batch), layout.stage_chips
    group = batch / layout.attention_dp
    # a constant was tried: it left a drift of 9 points between 2 and 8 chips
    one = c.collective_s * (0.5 + 0.5 * np.log2(n))
    further = np.where(layout.ep > 1, s.expert_layers, 0) + s.layers * (
        np.where(layout.cp > 1, 1, 0) + np.where(layout.batch_sharded > 0, 2, 0)) + (
        np.where(layout.tp > 1, s.summed_norm_layers, 0))
    latency = np.where(n > 1, (2 * s.layers + further) * one, 0.0)
    # with whole experts on chips theirs is an all-to-all instead
    sums = 2 * s.layers - np.where(layout.ep > 1, s.expert_layers, 0)
    row = group * s.hidden * ACTIVATION_BYTES
    partial = all_reduce_bytes(row * layout.cp / layout.tp, layout.cp)
    by_position = s.layers * _sent_s(s, partial, layout.tp, layout.cp, c.message_share)
    by_sequence = 2 * s.layers * np.where(layout.batch_sharded > 0, _sent_s(
        s, all_to_all_bytes(row / layout.tp, layout.tp), layout.tp, layout.tp, c.message_share), 0.0)
    stages = np.where(layout.pp > 1, layout.pp, 0.0) * (
        c.collective_s + _sent_s(s, row / layout.tp, layout.n_chips, layout.pp, c.message_share))
    return (latency + sums * _all_reduce_s(s, c, row, n, one)
            + np.where(layout.ep > 1, experts_sent_s(s, batch, layout, c.message_share), 0.0)
            + by_position + by_sequence + stages)


@checked
def check_joined(s: Setup, n_chips: Numeric, name: str = "n_chips") -> None:
    """Raise `ValueError` where no link joins the chips.

    Parameters
    ----------
    s : Setup
        Model and chip.
    n_chips : numeric
        Chips that share one copy. [1]
    name : str
        What the caller's user calls them.
    """
    reach = np.maximum(s.link_chips, s.far_link_chips)
    if is_traced(n_chips) or is_traced(reach) or np.all(joined(s, n_chips)):
        return
    asked = f"{np.max(n_chips):g}"
    if np.min(reach) <= 1:
        raise ValueError(f"{name}={asked}, but the catalogue has no link bandwidth for this chip; "
                         f"use {name}=1 or give link_bytes_per_s.")
    raise ValueError(f"{name}={asked}: the links of this chip join at most {np.min(reach):g} chips; use fewer "
                     "or give link_bytes_per_s.")
