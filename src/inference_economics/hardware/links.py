"""Several chips: what it takes to pass sums between them."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked

# -- several chips ----------------------------------------------------------------------------------------------------


@checked
def all_reduce_time_s(message_bytes, n_chips, link_bytes_per_s, collective_latency_s=0.0):
    """Time to sum a message over some chips and hand every chip the result.

    Parameters
    ----------
    message_bytes : numeric
        What each chip contributes. [B]
    n_chips : numeric
        Chips; with one there is nothing to do. [1]
    link_bytes_per_s : numeric
        Link of one chip, one direction. [B/s]
    collective_latency_s : numeric
        Time with nothing to send. Measured ones are 5 to 20 µs within a server. [s]

    Returns
    -------
    numeric
        Ring or two-shot: each chip sends and receives 2 (n − 1) / n of the message. [s]

    Notes
    -----
    Switches that add on the way (NVLink SHARP) halve the traffic. During decode the latency is nearly all of it.
    """
    sent = 2 * (n_chips - 1) / n_chips * message_bytes / link_bytes_per_s
    return np.where(n_chips > 1, collective_latency_s + sent, 0.0)


@checked
def tensor_parallel_time_s(batch_tok, hidden, layers, tp, link_bytes_per_s, collective_latency_s=0.0,
                           bytes_per_activation=2.0, collectives_per_layer=2.0):
    """Communication of one forward pass of a model whose layers are cut across chips.

    Parameters
    ----------
    batch_tok : numeric
        Tokens that pass together: the batch in decode, all prompt tokens in prefill. [token]
    hidden, layers : numeric
        Width and depth. [1]
    tp : numeric
        Tensor-parallel degree. [1]
    link_bytes_per_s, collective_latency_s : numeric
        As in `all_reduce_time_s`.
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
    return layers * collectives_per_layer * all_reduce_time_s(message, tp, link_bytes_per_s, collective_latency_s)
