"""Hostile and random numbers, and functions of them traced and run in the page's script."""

from __future__ import annotations

import math

import numpy as np

from kernelless.program import compile_program
from kernelless.trace import Graph

RNG = np.random.default_rng(20240611)
HOSTILE = np.array([
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, -7.0, 10.0, 0.1, 1e-9, 1e9, -1e9, 1e21, -1e21, 2.0**52,
    2.0**53 + 2, 5e-324, -5e-324, 1e-308, 1.7e308, -1.7e308, 0.49999999999999994, 709.0, -745.0, math.inf, -math.inf,
    math.nan,
])
RANDOM = np.exp(RNG.uniform(math.log(1e-12), math.log(1e12), 400)) * RNG.choice([-1, 1], 400)
SMALL = RNG.uniform(-20, 20, 400)


def traced(function, *arrays):
    """Trace `function` of constant arrays; return its graph and result."""
    graph = Graph()
    return graph, graph.lift(function(*(graph.lift(array) for array in arrays)))


def in_page(page, function, *arrays):
    """Evaluate a traced function of constant arrays in the page's script."""
    graph, result = traced(function, *arrays)
    program, outputs = compile_program(graph, [result])
    return page.run(program, outputs, np.empty((0, 0)))[0].reshape(result.shape)
