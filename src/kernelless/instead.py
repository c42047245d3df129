"""What to write instead of a function of numpy that no program has: the tracer says so, and so does the coverage page.

An entry is an expression in the function's own arguments, a, b and c, which gives the same numbers; or, where there is
none, words. Tests try every expression on numbers and trace it.
"""

from __future__ import annotations

# function of numpy: the expression that gives the same
EXPRESSIONS = {
    "amax": "np.max(a)",
    "amin": "np.min(a)",
    "around": "np.round(a)",
    "column_stack": "np.stack(a, axis=1)",
    "copysign": "np.where(b < 0, -np.abs(a), np.abs(a))",
    "count_nonzero": "np.sum(np.where(a != 0, 1.0, 0.0))",
    "cumulative_sum": "np.cumsum(a)",
    "deg2rad": "a * (np.pi / 180)",
    "degrees": "a * (180 / np.pi)",
    "dot": "np.sum(a * b)",
    "fabs": "np.abs(a)",
    "fix": "np.trunc(a)",
    "flipud": "np.flip(a, axis=0)",
    "float_power": "a ** b",
    "fmax": "np.where(np.isnan(a), b, np.where(np.isnan(b), a, np.maximum(a, b)))",
    "fmin": "np.where(np.isnan(a), b, np.where(np.isnan(b), a, np.minimum(a, b)))",
    "fmod": "a - b * np.trunc(a / b)",
    "geomspace": "a * (b / a) ** np.linspace(0, 1, 50)",
    "heaviside": "np.where(a < 0, 0.0, np.where(a == 0, b, 1.0))",
    "hstack": "np.concatenate(a)",
    "inner": "np.sum(a * b)",
    "isclose": "np.abs(a - b) <= 1e-8 + 1e-5 * np.abs(b)",
    "ldexp": "a * 2.0 ** b",
    "linspace": "a + (b - a) * np.linspace(0, 1, 50)",
    "logaddexp": "np.maximum(a, b) + np.log1p(np.exp(-np.abs(a - b)))",
    "logaddexp2": "np.maximum(a, b) + np.log2(1 + 2.0 ** -np.abs(a - b))",
    "logical_xor": "(a != 0) != (b != 0)",
    "logspace": "10.0 ** (a + (b - a) * np.linspace(0, 1, 50))",
    "nan_to_num": "np.where(np.isnan(a), 0.0, a)",
    "nanmax": "np.max(np.where(np.isnan(a), -np.inf, a))",
    "nanmean": "np.sum(np.where(np.isnan(a), 0.0, a)) / np.sum(np.where(np.isnan(a), 0.0, 1.0))",
    "nanmin": "np.min(np.where(np.isnan(a), np.inf, a))",
    "nansum": "np.sum(np.where(np.isnan(a), 0.0, a))",
    "outer": "a[:, None] * b[None, :]",
    "polyval": "np.sum(a[:, None] * b ** np.arange(len(a))[::-1, None], axis=0)",
    "ptp": "np.max(a) - np.min(a)",
    "rad2deg": "a * (180 / np.pi)",
    "radians": "a * (np.pi / 180)",
    "signbit": "a < 0",
    "sinc": "np.where(a == 0, 1.0, np.sin(np.pi * a) / (np.pi * a))",
    "std": "np.sqrt(np.mean((a - np.mean(a)) ** 2))",
    "swapaxes": "np.moveaxis(a, 0, 1)",
    "trapezoid": "np.sum((a[1:] + a[:-1]) / 2 * np.diff(b))",
    "var": "np.mean((a - np.mean(a)) ** 2)",
    "vdot": "np.sum(a * b)",
    "vecdot": "np.sum(a * b, axis=-1)",
    "vstack": "np.stack(a)",
}

_SORTED = "write `np.sort`, whose values then stand at fixed places"
_WHERE = "write `np.where` for each case"
_COMPLEX = "programs hold real numbers: keep two arrays, with `np.hypot` for the size and `np.arctan2` for the angle"
_SIZE = "its size would be known only in the browser: write `np.where(condition, a, b)` over a fixed size"
# function of numpy: what to do where no single expression will serve
WORDS = {
    "angle": _COMPLEX,
    "append": "write `np.concatenate`",
    "apply_along_axis": "write the arithmetic on the whole array",
    "argsort": _SORTED,
    "average": "write `np.sum(w * a) / np.sum(w)`",
    "bincount": "write `np.sum(np.where(a == k, 1.0, 0.0))` for each k, by broadcasting",
    "choose": "write `np.take_along_axis` or `np.where`",
    "conjugate": _COMPLEX,
    "convolve": "write the sum of products of shifted slices",
    "cumprod": "for values above 0 write `np.exp(np.cumsum(np.log(a)))`",
    "cumulative_prod": "for values above 0 write `np.exp(np.cumsum(np.log(a)))`",
    "diag": "multiply by `np.eye`",
    "digitize": "write `np.sum(np.where(edges[:, None] <= a, 1.0, 0.0), axis=0)`",
    "divmod": "write `a // b` and `a % b`",
    "einsum": "write `np.sum` of a product that broadcasts",
    "gradient": "write `np.diff`, divided by the step",
    "histogram": "count by `np.sum` over comparisons that broadcast",
    "imag": _COMPLEX,
    "interp": "find the place by `np.sum(np.where(xp <= x, 1.0, 0.0)) - 1`, and what stands there by "
              "`np.take_along_axis`",
    "isin": "write `np.any(a[:, None] == values, axis=1)`",
    "matmul": "write `np.sum(a * b, axis=-1)`, which broadcasts",
    "median": _SORTED,
    "meshgrid": "write `x[None, :]` and `y[:, None]`",
    "modf": "write `np.trunc(a)` and `a - np.trunc(a)`",
    "nonzero": _SIZE,
    "percentile": _SORTED,
    "piecewise": _WHERE,
    "polyfit": "write the solution out for a fixed small size, or give sliders stops and pass `precompute=True`",
    "quantile": _SORTED,
    "real": _COMPLEX,
    "roots": "write the formula of the roots, or a fixed number of Newton's steps",
    "searchsorted": "write `np.sum(np.where(table < x, 1.0, 0.0))`",
    "select": _WHERE,
    "tensordot": "write `np.sum` of a product that broadcasts",
    "unique": _SIZE,
}


def instead(name: str) -> str:
    """Return what to write instead of a function of numpy, as the end of a sentence; nothing where nothing is known."""
    return f"write `{EXPRESSIONS[name]}`" if name in EXPRESSIONS else WORDS.get(name, "")
