"""A small, correct decoder in numpy, to be read from top to bottom.

It is the block that most open models share: RMSNorm, rotary positions, grouped-query attention with a KV cache, and a
gated FFN. One number, `kv_heads`, leads from multi-head attention (as many as query heads) to multi-query (one).
Weights carry the names of Llama checkpoints, so your own runs here too (`checkpoint.load`).

It is written to be read, not to be fast. Read on in `decoder_block` (the parts), `decoder_cache` (what is kept),
`rope` (positions), `decoder_deepseek` (latent attention, mixture of experts) and `decoder_config` (the shapes).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ..quantities.checks import number, require, require_non_negative, whole
from .block import Place, feed_forward, grouped_query, linear, rms_norm, softmax
from .cache import Cache
from .config import Config, check_weights, shapes
from .deepseek import latent_attention, mixture
from .rope import Array, frequencies


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

    def __init__(self, config: Config, weights: Mapping[str, npt.ArrayLike], dtype: npt.DTypeLike = np.float32) -> None:
        if dtype not in (np.float32, np.float64, "float32", "float64"):
            raise ValueError(f"dtype={dtype!r} is not supported; compute in float32 or float64.")
        check_weights(config, weights)
        self.config, self.dtype = config, np.dtype(dtype)
        self.weights = {name: np.ascontiguousarray(weights[name], dtype=dtype) for name in shapes(config)}

    @classmethod
    def random(cls, config: Config, seed: int = 0, dtype: npt.DTypeLike = np.float32) -> Decoder:
        """Return a decoder with random weights, the same for the same seed."""
        rng = np.random.default_rng(whole(0, seed=seed))
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

    def cache(self, batch: int, capacity_tok: int, dtype: str | None = None) -> Cache:
        """Return an empty `Cache` for this model; by default in the type it computes in."""
        return Cache(self.config, batch, capacity_tok, dtype or self.dtype.name)

    def _read(self, given: npt.ArrayLike, cache: Cache) -> Array:
        """Pass tokens (batch, count) through all blocks, filling the cache; return the last block's output."""
        c, w = self.config, self.weights
        tokens = self._check_tokens(given, cache)
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
            x = x + attention(c, w, at + "self_attn.", h, Place(positions, frequency, cache, layer))
            h = rms_norm(x, w[at + "post_attention_layernorm.weight"], c.norm_eps)
            if c.experts and layer >= c.dense_layers:
                x = x + mixture(c, w, at + "mlp.", h)
            else:
                x = x + feed_forward(h, w, at + "mlp.", c.ffn)
        cache.length_tok += tokens.shape[1]
        return rms_norm(x, w["model.norm.weight"], c.norm_eps)

    def _head(self, x: Array) -> Array:
        return linear(x, self.weights["model.embed_tokens.weight" if self.config.tied else "lm_head.weight"])

    def _check_tokens(self, given: npt.ArrayLike, cache: Cache) -> Array:
        tokens = np.asarray(given)
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

    def prefill(self, tokens: npt.ArrayLike, cache: Cache) -> Array:
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

    def step(self, tokens: npt.ArrayLike, cache: Cache) -> Array:
        """Read one token per sequence, (batch,); return the logits of the next, (batch, vocab)."""
        column = np.asarray(tokens)
        if column.ndim != 1:
            raise ValueError(f"step takes one token per sequence, shape (batch,), not {column.shape}.")
        return self.prefill(column[:, None], cache)

    def logits(self, tokens: npt.ArrayLike, capacity_tok: int | None = None) -> Array:
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

    def generate(self, prompt: npt.ArrayLike, output_tok: int, *, temperature: float = 0.0, top_p: float = 1.0,
                 seed: int = 0, cache_dtype: str | None = None) -> Array:
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
        output_tok = whole(output_tok=output_tok)
        rng = np.random.default_rng(whole(0, seed=seed))
        tokens = np.atleast_2d(np.asarray(prompt))
        cache = self.cache(len(tokens), tokens.shape[1] + output_tok, cache_dtype)
        written = [sample(self.prefill(tokens, cache), rng, temperature, top_p)]
        while len(written) < output_tok:
            written.append(sample(self.step(written[-1], cache), rng, temperature, top_p))
        new = np.stack(written, axis=1)
        return new[0] if np.ndim(prompt) == 1 else new


def sample(logits: npt.ArrayLike, rng: np.random.Generator, temperature: float = 1.0, top_p: float = 1.0) -> Array:
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
    scores = number("logits", logits)
    if scores.ndim != 2 or np.isnan(scores).any():
        raise ValueError(f"logits must be numbers of shape (batch, vocab); got shape {scores.shape}"
                         f"{' with NaN in it' if np.isnan(scores).any() else ''}.")
    require_non_negative(temperature=temperature)
    require(0, 1, open_low=True, hint="top_p is a probability.", top_p=top_p)
    if temperature == 0:
        return np.asarray(scores.argmax(axis=-1))
    p = softmax(scores / temperature)
    order = np.argsort(-p, axis=-1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=-1)
    # keep a token while those before it do not yet reach top_p; the first is always kept
    ranked = np.where(np.cumsum(ranked, axis=-1) - ranked < top_p, ranked, 0)
    cumulative = np.cumsum(ranked, axis=-1)
    draw = rng.random((len(p), 1)) * cumulative[:, -1:]
    rank = (cumulative <= draw).sum(axis=-1, keepdims=True)
    return np.take_along_axis(order, rank, axis=-1)[:, 0]
