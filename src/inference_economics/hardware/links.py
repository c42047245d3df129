"""Several chips: how fast a group of them can talk, and what it takes to pass sums and tokens between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..quantities.limits import Limited, checked
from ..quantities.numeric import Numeric

# -- the speed of a group ---------------------------------------------------------------------------------------------


@checked
def tier_bytes_per_s(n_chips: Numeric, near_bytes_per_s: Numeric, near_chips: Numeric, near_mesh: Numeric = 0.0,
                     beyond_bytes_per_s: Numeric = np.nan) -> Numeric:
    """Link speed of one chip in a group: that of the nearest tier where it joins the whole group, else the next one's.

    Parameters
    ----------
    n_chips : numeric
        Size of the group. [1]
    near_bytes_per_s : numeric
        One direction, all ports of one chip together; NaN for a chip without links. [B/s]
    near_chips : numeric
        Chips that the near tier joins; infinite where nothing limits it. [1]
    near_mesh : numeric
        1 where the near tier is a wire between every two chips: a group of n then uses n - 1 wires of each. [1]
    beyond_bytes_per_s : numeric
        Speed of a larger group; NaN where no link joins one. [B/s]

    Returns
    -------
    numeric
        NaN, which stands for "undefined", where no link joins the group. [B/s]
    """
    n = np.maximum(n_chips, 2)
    share = np.where(near_mesh > 0, (n - 1) / (np.maximum(near_chips, 2) - 1), 1.0)
    return np.where(n <= near_chips, near_bytes_per_s * share, beyond_bytes_per_s)


# -- collectives ------------------------------------------------------------------------------------------------------


@checked
def all_reduce_bytes(message_bytes: Numeric, n_chips: Numeric) -> Numeric:
    """Bytes that each chip sends in an all-reduce.

    Parameters
    ----------
    message_bytes : numeric
        What each chip contributes. [B]
    n_chips : numeric
        Chips. [1]

    Returns
    -------
    numeric
        Ring or two-shot: 2 (n − 1) / n of the message. [B]
    """
    return 2 * (n_chips - 1) / n_chips * message_bytes


@checked
def all_to_all_bytes(message_bytes: Numeric, n_chips: Numeric) -> Numeric:
    """Bytes that each chip sends in an all-to-all.

    Parameters
    ----------
    message_bytes : numeric
        What each chip holds for all chips, itself included, in equal parts. [B]
    n_chips : numeric
        Chips. [1]

    Returns
    -------
    numeric
        All but its own part. [B]
    """
    return (n_chips - 1) / n_chips * message_bytes


@dataclass(frozen=True, eq=False)
class Group(Limited):
    """Some chips that sum their results.

    Parameters
    ----------
    n_chips : numeric
        Chips; one alone has nothing to sum. [1]
    link_bytes_per_s : numeric
        Link of one chip, one direction. [B/s]
    collective_latency_s : numeric
        Time with nothing to send. Measured ones are 5 to 20 µs within a server. [s]
    """

    n_chips: Numeric
    link_bytes_per_s: Numeric
    collective_latency_s: Numeric = 0.0


@checked
def all_reduce_time_s(message_bytes: Numeric, group: Group) -> Numeric:
    """Time to sum a message over some chips and hand every chip the result.

    Parameters
    ----------
    message_bytes : numeric
        What each chip contributes. [B]
    group : Group
        The chips and their links.

    Returns
    -------
    numeric
        Ring or two-shot: each chip sends and receives 2 (n − 1) / n of the message. [s]

    Notes
    -----
    Switches that add on the way (NVLink SHARP) halve the traffic. During decode the latency is nearly all of it.
    """
    sent = all_reduce_bytes(message_bytes, group.n_chips) / group.link_bytes_per_s
    return np.where(group.n_chips > 1, group.collective_latency_s + sent, 0.0)


@checked
def tensor_parallel_time_s(batch_tok: Numeric, hidden: Numeric, layers: Numeric, group: Group,
                           bytes_per_activation: Numeric = 2.0, collectives_per_layer: Numeric = 2.0) -> Numeric:
    """Communication of one forward pass of a model whose layers are cut across chips.

    Parameters
    ----------
    batch_tok : numeric
        Tokens that pass together: the batch in decode, all prompt tokens in prefill. [token]
    hidden, layers : numeric
        Width and depth. [1]
    group : Group
        The chips across which each layer is cut, and their links.
    bytes_per_activation : numeric
        Bytes of one value sent. [B]
    collectives_per_layer : numeric
        All-reduces in a layer: after attention and after the feed-forward part. [1]

    Returns
    -------
    numeric
        Nothing of it hidden behind other work. [s]
    """
    message = batch_tok * hidden * bytes_per_activation
    return layers * collectives_per_layer * all_reduce_time_s(message, group)
