"""A small, correct decoder in numpy, to be read from top to bottom.

It is the block that most open models share: RMSNorm, rotary positions, grouped-query attention with a KV cache, and a
gated FFN. One number, `kv_heads`, leads from multi-head attention (as many as query heads) to multi-query (one).
Weights carry the names of Llama checkpoints, so your own runs here too (`checkpoint.load`).

It is written to be read, not to be fast. Read on in `decoder_block` (the parts), `decoder_cache` (what is kept),
`rope` (positions), `decoder_deepseek` (latent attention, mixture of experts) and `decoder_config` (the shapes).
"""

from __future__ import annotations

import numpy as np

from ..quantities.checks import require, require_non_negative, require_whole
from .block import feed_forward, grouped_query, linear, rms_norm, softmax
from .cache import Cache
from .config import check_weights, shapes
from .deepseek import latent_attention, mixture
from .rope import frequencies


class Decoder:
    """A decoder with its weights.

    Parameters
    ----------
    config : Config
        Shape of the model.
    weights : dict
        Name to array, exactly those of `shapes(config)`.
    dtype : str or numpy.dtype
        Type to compute in: float32 or float64.

    Raises
    ------
    ValueError
        When a weight is missing, unknown or of the wrong shape; the message lists which.
    """

    def __init__(self, config, weights, dtype=np.float32):
        if dtype not in (np.float32, np.float64, "float32", "float64"):
            raise ValueError(f"dtype={dtype!r} is not supported; compute in float32 or float64.")
        check_weights(config, weights)
        self.config, self.dtype = config, np.dtype(dtype)
        self.weights = {name: np.ascontiguousarray(weights[name], dtype=dtype) for name in shapes(config)}

    @classmethod
    def random(cls, config, seed=0, dtype=np.float32):
        """Return a decoder with random weights, the same for the same seed."""
        require_whole(0, seed=seed)
        rng = np.random.default_rng(seed)
        return cls(config, {name: np.ones(shape) if name.endswith("norm.weight")
                            else rng.standard_normal(shape) / np.sqrt(shape[-1])
                            for name, shape in shapes(config).items()}, dtype)

    @property
    def n_params(self) -> int:
        """Parameters, counted from the arrays [1]."""
        return sum(array.size for array in self.weights.values())

    @property
    def param_bytes(self) -> int:
        """Bytes of the weights as held here [B]."""
        return sum(array.nbytes for array in self.weights.values())

    def cache(self, batch, capacity_tok, dtype=None):
        """Return an empty `Cache` for this model; by default in the type it computes in."""
        return Cache(self.config, batch, capacity_tok, dtype or self.dtype.name)

    def _read(self, tokens, cache):
        """Pass tokens (batch, count) through all blocks, filling the cache; return the last block's output."""
        c, w = self.config, self.weights
        tokens = self._check_tokens(tokens, cache)
        positions = cache.length_tok + np.arange(tokens.shape[1])
        scaling = c.rope_scaling
        # one set of frequencies for the life of a cache: its keys are stored already turned
        frequency = (scaling.frequencies(c.rotary_dim, c.rope_theta, cache.capacity_tok) if scaling
                     else frequencies(c.rotary_dim, c.rope_theta))
        attention = latent_attention if c.attention == "mla" else grouped_query
        x = w["model.embed_tokens.weight"][tokens]
        for layer in range(c.layers):
            at = f"model.layers.{layer}."
            h = rms_norm(x, w[at + "input_layernorm.weight"], c.norm_eps)
            x = x + attention(c, w, at + "self_attn.", h, positions, frequency, cache, layer)
            h = rms_norm(x, w[at + "post_attention_layernorm.weight"], c.norm_eps)
            if c.experts and layer >= c.dense_layers:
                x = x + mixture(c, w, at + "mlp.", h)
            else:
                x = x + feed_forward(h, w, at + "mlp.", c.ffn)
        cache.length_tok += tokens.shape[1]
        return rms_norm(x, w["model.norm.weight"], c.norm_eps)

    def _head(self, x):
        return linear(x, self.weights["model.embed_tokens.weight" if self.config.tied else "lm_head.weight"])

    def _check_tokens(self, tokens, cache):
        tokens = np.asarray(tokens)
        if tokens.ndim != 2 or not tokens.size or not np.issubdtype(tokens.dtype, np.integer):
            raise ValueError(f"tokens must be whole numbers of shape (batch, count), not {tokens.dtype} of shape "
                             f"{tokens.shape}; write [[1, 2, 3]] for one sequence.")
        if tokens.min() < 0 or tokens.max() >= self.config.vocab:
            worst = tokens.min() if tokens.min() < 0 else tokens.max()
            raise ValueError(f"token {worst} is outside the vocabulary, 0..{self.config.vocab - 1}.")
        if len(tokens) != cache.batch:
            raise ValueError(f"{len(tokens)} sequences do not fit a cache of batch={cache.batch}.")
        if cache.length_tok + tokens.shape[1] > cache.capacity_tok:
            raise ValueError(f"{cache.length_tok} + {tokens.shape[1]} tokens exceed capacity_tok={cache.capacity_tok}; "
                             "allocate a larger cache.")
        return tokens

    def prefill(self, tokens, cache):
        """Read a prompt, or its next part, all tokens at once.

        Parameters
        ----------
        tokens : array of int
            (batch, count).
        cache : Cache
            Filled in passing.

        Returns
        -------
        numpy.ndarray
            Logits of the token that follows, (batch, vocab).
        """
        return self._head(self._read(tokens, cache)[:, -1])

    def step(self, tokens, cache):
        """Read one token per sequence, (batch,); return the logits of the next, (batch, vocab)."""
        tokens = np.asarray(tokens)
        if tokens.ndim != 1:
            raise ValueError(f"step takes one token per sequence, shape (batch,), not {tokens.shape}.")
        return self.prefill(tokens[:, None], cache)

    def logits(self, tokens, capacity_tok=None):
        """Logits after every token, computed without an earlier cache: (batch, count, vocab).

        Parameters
        ----------
        tokens : array of int
            (batch, count).
        capacity_tok : int, optional
            Only matters to ``dynamic`` RoPE scaling, which depends on it. Default: as many as there are tokens. [token]

        Returns
        -------
        numpy.ndarray
            Unnormalised log-probabilities.
        """
        batch, count = np.shape(tokens) if np.ndim(tokens) == 2 else (1, 1)
        return self._head(self._read(tokens, self.cache(max(batch, 1), capacity_tok or max(count, 1))))

    def generate(self, prompt, output_tok, *, temperature=0.0, top_p=1.0, seed=0, cache_dtype=None):
        """Continue a prompt.

        Parameters
        ----------
        prompt : array of int
            One sequence, (count,), or several of equal length, (batch, count).
        output_tok : int
            Tokens to write. [token]
        temperature, top_p : float
            As for `sample`. Temperature 0 is greedy.
        seed : int
            The same seed writes the same tokens.
        cache_dtype : str, optional
            Type of the cache.

        Returns
        -------
        numpy.ndarray
            The new tokens, (output_tok,) or (batch, output_tok).
        """
        require_whole(output_tok=output_tok)
        require_whole(0, seed=seed)
        rng = np.random.default_rng(seed)
        tokens = np.atleast_2d(np.asarray(prompt))
        cache = self.cache(len(tokens), tokens.shape[1] + output_tok, cache_dtype)
        written = [sample(self.prefill(tokens, cache), rng, temperature, top_p)]
        while len(written) < output_tok:
            written.append(sample(self.step(written[-1], cache), rng, temperature, top_p))
        written = np.stack(written, axis=1)
        return written[0] if np.ndim(prompt) == 1 else written


def sample(logits, rng, temperature=1.0, top_p=1.0):
    """Choose one token per row.

    Parameters
    ----------
    logits : numpy.ndarray
        (batch, vocab).
    rng : numpy.random.Generator
        Source of chance.
    temperature : float
        Logits are divided by it; 0 takes the most likely token. [1]
    top_p : float
        Choose among the fewest tokens whose probability sums to at least this much. [1]

    Returns
    -------
    numpy.ndarray
        Tokens, (batch,).
    """
    if np.ndim(logits) != 2 or np.isnan(logits).any():
        raise ValueError(f"logits must be numbers of shape (batch, vocab); got shape {np.shape(logits)}"
                         f"{' with NaN in it' if np.isnan(logits).any() else ''}.")
    require_non_negative(temperature=temperature)
    require(0, 1, open_low=True, hint="top_p is a probability.", top_p=top_p)
    if temperature == 0:
        return logits.argmax(axis=-1)
    p = softmax(logits.astype(np.float64) / temperature)
    order = np.argsort(-p, axis=-1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=-1)
    # keep a token while those before it do not yet reach top_p; the first is always kept
    ranked = np.where(np.cumsum(ranked, axis=-1) - ranked < top_p, ranked, 0)
    cumulative = np.cumsum(ranked, axis=-1)
    draw = rng.random((len(p), 1)) * cumulative[:, -1:]
    rank = (cumulative <= draw).sum(axis=-1, keepdims=True)
    return np.take_along_axis(order, rank, axis=-1)[:, 0]
