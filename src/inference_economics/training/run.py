"""What a training run costs.

Compute follows from parameters and tokens (6ND), hours from compute and utilisation, dollars from hours. How large a
model to train is the question of `scaling`.
"""

from __future__ import annotations

from ..quantities.limits import SECONDS_PER_HOUR, checked
from ..quantities.mathematics import ratio
from ..quantities.numeric import Numeric


@checked
def training_flop(n_params: Numeric, training_tok: Numeric, flop_per_param_tok: Numeric = 6.0) -> Numeric:
    """Arithmetic of a training run by the 6ND rule.

    Parameters
    ----------
    n_params : numeric
        Parameters that each token uses: the active ones of a mixture of experts. [1]
    training_tok : numeric
        Tokens trained on, each pass over the data counted. [token]
    flop_per_param_tok : numeric
        6 for forward (2) and backward (4); 8 where every layer is run twice to save memory. [FLOP]

    Returns
    -------
    numeric
        Model FLOPs of the run. [FLOP]

    Notes
    -----
    ==============================  ==================================================
    assumed                         if false
    ==============================  ==================================================
    matrix products dominate        attention adds: see `training_flop_with_attention`
    embeddings are a small share    6ND is too high for small models
    one run, no restarts            the bill is higher: see `programme_usd`
    ==============================  ==================================================

    References
    ----------
    Kaplan et al., "Scaling Laws for Neural Language Models", arXiv:2001.08361, 2020, section 2.1.
    """
    return flop_per_param_tok * n_params * training_tok


@checked
def training_flop_with_attention(n_params: Numeric, training_tok: Numeric, layers: Numeric, attention_width: Numeric,
                                 context_tok: Numeric, causal_fraction: Numeric = 1.0,
                                 recompute_fraction: Numeric = 0.0) -> Numeric:
    """Arithmetic of a training run, with attention scores and recomputed layers.

    Parameters
    ----------
    n_params : numeric
        Parameters that each token uses. [1]
    training_tok : numeric
        Tokens trained on. [token]
    layers : numeric
        Transformer layers. [1]
    attention_width : numeric
        Query heads times head size. [1]
    context_tok : numeric
        Tokens in one training sequence. [token]
    causal_fraction : numeric
        Share of the attention square computed: 1 as in the PaLM paper, one half if the kernel skips the mask. [1]
    recompute_fraction : numeric
        Share of the forward pass run a second time. [1]

    Returns
    -------
    numeric
        FLOPs executed: model FLOPs where nothing is recomputed. [FLOP]

    Notes
    -----
    Per token ``6 N + 12 L W T``, and a third of it again for what is recomputed. Equal to 6ND at a context of zero.

    References
    ----------
    Chowdhery et al., "PaLM", arXiv:2204.02311, 2022, appendix B.
    """
    per_tok = 6 * n_params + 12 * layers * attention_width * context_tok * causal_fraction
    return per_tok * training_tok * (1 + recompute_fraction / 3)


@checked
def serving_flop(n_params_active: Numeric, inference_tok: Numeric) -> Numeric:
    """Arithmetic of serving: 2 FLOPs per active parameter and token, in or out.

    Parameters
    ----------
    n_params_active : numeric
        Parameters that each token uses. [1]
    inference_tok : numeric
        Tokens read and written. [token]

    Returns
    -------
    numeric
        FLOPs, attention scores left out. [FLOP]

    References
    ----------
    Sardana et al., arXiv:2401.00448, 2024, section 2.
    """
    return 2 * n_params_active * inference_tok


@checked(training_tok="(0, 1e20]", inference_tok="(0, 1e22]")
def thinking_factor(size_ratio: Numeric, training_tok: Numeric, inference_tok: Numeric) -> Numeric:
    """How many times as many tokens a small model may write as a larger one, at equal arithmetic over both lives.

    Parameters
    ----------
    size_ratio : numeric
        Parameters of the larger model over those of the smaller, at least 1. [1]
    training_tok : numeric
        Tokens that each was trained on. [token]
    inference_tok : numeric
        Tokens that the larger one serves in its life. [token]

    Returns
    -------
    numeric
        M + 3 (M - 1) D / D_i: what is saved in every token served, and what is saved in training. [1]

    References
    ----------
    Snell et al., "Scaling LLM Test-Time Compute Optimally can be More Effective than Scaling Model Parameters",
    arXiv:2408.03314, 2024, section 7.
    """
    return size_ratio + 3 * (size_ratio - 1) * training_tok / inference_tok


@checked
def training_mfu(training_flop: Numeric, gpu_hours: Numeric, flop_per_s: Numeric) -> Numeric:
    """Model FLOPs utilisation that a reported run implies.

    Parameters
    ----------
    training_flop : numeric
        Model FLOPs of the run. [FLOP]
    gpu_hours : numeric
        Chip-hours billed to it. [h]
    flop_per_s : numeric
        Dense peak of one chip at the precision used. [FLOP/s]

    Returns
    -------
    numeric
        Share of the peak, infinite for zero hours. [1]

    Notes
    -----
    Hours billed hold restarts and idle time, so this is below the MFU measured during a step: Llama 3 405B gives 34.5%
    here against 38% to 43% in its Table 4.

    References
    ----------
    Chowdhery et al., "PaLM", arXiv:2204.02311, 2022, appendix B.
    """
    return ratio(training_flop, gpu_hours * SECONDS_PER_HOUR * flop_per_s)


@checked
def training_gpu_hours(training_flop: Numeric, flop_per_s: Numeric, mfu: Numeric) -> Numeric:
    """Chip-hours that a run needs.

    Parameters
    ----------
    training_flop : numeric
        Model FLOPs of the run. [FLOP]
    flop_per_s : numeric
        Dense peak of one chip. [FLOP/s]
    mfu : numeric
        Model FLOPs utilisation over all billed hours; 0.2 to 0.45 is reported. [1]

    Returns
    -------
    numeric
        Chip-hours. [h]
    """
    return training_flop / (flop_per_s * mfu * SECONDS_PER_HOUR)


@checked
def training_usd(gpu_hours: Numeric, price_usd_per_hour: Numeric) -> Numeric:
    """Cost of a run at a price per chip-hour.

    Parameters
    ----------
    gpu_hours : numeric
        Chip-hours. [h]
    price_usd_per_hour : numeric
        Price of one chip for one hour, all of its share of the data centre included. [USD/h]

    Returns
    -------
    numeric
        Cost of this run alone: no failed runs, research, data or salaries (see `programme_usd`). [USD]
    """
    return gpu_hours * price_usd_per_hour


@checked
def programme_usd(final_run_usd: Numeric, final_run_fraction: Numeric) -> Numeric:
    """Cost of a training programme, from the released run and its share of the compute.

    Parameters
    ----------
    final_run_usd : numeric
        Cost of the run that made the released model. [USD]
    final_run_fraction : numeric
        That run's share of all training and research compute. [1]

    Returns
    -------
    numeric
        Compute bill of the programme. [USD]

    Notes
    -----
    Epoch AI estimates shares of 9.6% (OpenAI), 12.3% (Z.ai) and 22.6% (MiniMax), from leaks and prospectuses
    (Gradient Updates, 2026-03-23): a headline cost of a run is a tenth to a quarter of the programme's.
    """
    return final_run_usd / final_run_fraction
