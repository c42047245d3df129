"""The language of a program: one row per primitive, with its JavaScript.

`runtime.py` writes each row into the page's script, `trace.py` accepts exactly these functions, and `tests/parity`
runs every row in Node against numpy. A row cannot be added untested.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Op:
    """One elementwise primitive.

    name : the word in the program.
    js : an expression in ``a``, ``b``, ``c`` (the arguments) and the helpers of ``static/program.js``.
    exact : IEEE 754 fixes the result, so Python and JavaScript must agree to the last bit.
    boolean : the result is true or false, held as 1 or 0.
    """

    name: str
    js: str
    exact: bool = True
    boolean: bool = False


OPS: dict[np.ufunc, Op] = {
    np.add: Op("add", "a + b"),
    np.subtract: Op("subtract", "a - b"),
    np.multiply: Op("multiply", "a * b"),
    np.true_divide: Op("divide", "a / b"),
    np.negative: Op("negative", "-a"),
    np.positive: Op("positive", "a"),
    np.absolute: Op("absolute", "Math.abs(a)"),
    np.sign: Op("sign", "sign(a)"),
    np.sqrt: Op("sqrt", "Math.sqrt(a)"),
    np.square: Op("square", "a * a"),
    np.reciprocal: Op("reciprocal", "1 / a"),
    np.minimum: Op("minimum", "Math.min(a, b)"),
    np.maximum: Op("maximum", "Math.max(a, b)"),
    np.floor: Op("floor", "Math.floor(a)"),
    np.ceil: Op("ceil", "Math.ceil(a)"),
    np.trunc: Op("trunc", "Math.trunc(a)"),
    np.rint: Op("rint", "rint(a)"),
    np.remainder: Op("remainder", "remainder(a, b)"),
    np.floor_divide: Op("floor_divide", "floorDivide(a, b)"),
    np.power: Op("power", "power(a, b)", exact=False),
    np.exp: Op("exp", "Math.exp(a)", exact=False),
    np.expm1: Op("expm1", "Math.expm1(a)", exact=False),
    np.log: Op("log", "Math.log(a)", exact=False),
    np.log2: Op("log2", "Math.log2(a)", exact=False),
    np.log10: Op("log10", "Math.log10(a)", exact=False),
    np.log1p: Op("log1p", "Math.log1p(a)", exact=False),
    np.sin: Op("sin", "Math.sin(a)", exact=False),
    np.cos: Op("cos", "Math.cos(a)", exact=False),
    np.tan: Op("tan", "Math.tan(a)", exact=False),
    np.arcsin: Op("arcsin", "Math.asin(a)", exact=False),
    np.arccos: Op("arccos", "Math.acos(a)", exact=False),
    np.arctan: Op("arctan", "Math.atan(a)", exact=False),
    np.arctan2: Op("arctan2", "Math.atan2(a, b)", exact=False),
    np.sinh: Op("sinh", "Math.sinh(a)", exact=False),
    np.cosh: Op("cosh", "Math.cosh(a)", exact=False),
    np.tanh: Op("tanh", "Math.tanh(a)", exact=False),
    np.arcsinh: Op("arcsinh", "Math.asinh(a)", exact=False),
    np.arccosh: Op("arccosh", "Math.acosh(a)", exact=False),
    np.arctanh: Op("arctanh", "Math.atanh(a)", exact=False),
    np.cbrt: Op("cbrt", "Math.cbrt(a)", exact=False),
    np.exp2: Op("exp2", "power(2, a)", exact=False),
    np.hypot: Op("hypot", "Math.hypot(a, b)", exact=False),
    np.less: Op("less", "a < b ? 1 : 0", boolean=True),
    np.less_equal: Op("less_equal", "a <= b ? 1 : 0", boolean=True),
    np.greater: Op("greater", "a > b ? 1 : 0", boolean=True),
    np.greater_equal: Op("greater_equal", "a >= b ? 1 : 0", boolean=True),
    np.equal: Op("equal", "a === b ? 1 : 0", boolean=True),
    np.not_equal: Op("not_equal", "a !== b ? 1 : 0", boolean=True),
    # NaN is true to numpy and false to JavaScript, so these compare with zero.
    np.logical_and: Op("and", "a !== 0 && b !== 0 ? 1 : 0", boolean=True),
    np.logical_or: Op("or", "a !== 0 || b !== 0 ? 1 : 0", boolean=True),
    np.logical_not: Op("not", "a !== 0 ? 0 : 1", boolean=True),
    np.isnan: Op("isnan", "a !== a ? 1 : 0", boolean=True),
    np.isinf: Op("isinf", "Math.abs(a) === Infinity ? 1 : 0", boolean=True),
    np.isfinite: Op("isfinite", "isFinite(a) ? 1 : 0", boolean=True),
}
WHERE = Op("where", "a !== 0 ? b : c")
ELEMENTWISE = {op.name: op for op in (*OPS.values(), WHERE)}

# Bitwise operators mean the logical ones where both sides are true or false.
BITWISE = {np.bitwise_and: np.logical_and, np.bitwise_or: np.logical_or, np.invert: np.logical_not}

# Along the last axis, a row at a time: name -> whether exact. Written out in static/program.js.
REDUCTIONS = {"sum": False, "prod": False, "max": True, "min": True, "argmax": True, "argmin": True, "cumsum": True,
              "any": True, "all": True}
ROWWISE = {*REDUCTIONS, "sort"}  # operations on rows of some length
