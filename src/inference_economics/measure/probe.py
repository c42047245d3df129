"""What `measure` asks of a machine: its memory, its bandwidth, its rate of arithmetic."""

from __future__ import annotations

import datetime as dt
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..quantities.checks import whole
from .plan import FLOAT_BYTES, Plan

Rows = list[list[float]]


def free_bytes() -> float:
    """Return the memory that can be used without swapping; where the system does not say, 2 GB [B]."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return 1024 * next(float(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return 2e9


def cache_bytes() -> float:
    """Return the size of the largest processor cache, or NaN where the system does not say [B]."""
    unit = {"K": 1024, "M": 1 << 20}
    sizes = [file.read_text().strip() for file in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size")]
    return max((int(size[:-1]) * unit[size[-1]] for size in sizes if size[-1:] in unit), default=float("nan"))


def times_s(action: Callable[[], object], repeats: int) -> npt.NDArray[np.float64]:
    """Return the times of some runs of `action`, after one that does not count [s]."""
    count = whole(repeats=repeats)
    action()
    times = []
    for _ in range(count):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return np.array(times)


def best_s(action: Callable[[], object], repeats: int) -> float:
    """Return the time of the fastest run: what the machine can do when nothing disturbs it [s]."""
    return float(times_s(action, repeats).min())


def bandwidth(array_bytes: int, repeats: int = 5) -> dict[str, float]:
    """Stream an array from memory in three ways.

    Parameters
    ----------
    array_bytes : int
        Its size. [B]
    repeats : int
        Runs; the fastest counts. [1]

    Returns
    -------
    dict
        ``dot`` (read once), ``gemv`` (a matrix times a vector: what decoding one sequence does) and ``copy`` (read and
        written, both counted). [B/s]
    """
    array_bytes = whole(array_bytes=array_bytes)
    columns = min(4096, max(1, array_bytes // FLOAT_BYTES))
    matrix = np.ones((max(1, array_bytes // FLOAT_BYTES // columns), columns), np.float32)
    flat, vector, target = matrix.reshape(-1), np.ones(columns, np.float32), np.empty_like(matrix)
    return {"dot": matrix.nbytes / best_s(lambda: flat @ flat, repeats),
            "gemv": matrix.nbytes / best_s(lambda: matrix @ vector, repeats),
            "copy": 2 * matrix.nbytes / best_s(lambda: np.copyto(target, matrix), repeats)}


def python_matmul(a: Rows, b: Rows) -> Rows:
    """Multiply two matrices, given as lists of rows, the way the definition reads."""
    columns = list(zip(*b, strict=True))
    return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in columns] for row in a]


def matrix_rates(plan: Plan) -> dict[str, float]:
    """Multiply square matrices in three ways.

    Parameters
    ----------
    plan : Plan
        Sizes and repeats.

    Returns
    -------
    dict
        ``library`` (numpy's BLAS: blocked for the caches, vectorised, all cores), ``compiled`` (einsum's plain loop in
        C) and ``python`` (the definition). [FLOP/s]
    """
    def rate(n: int, multiply: Callable[[Any, Any], object],
             convert: Callable[[npt.NDArray[Any]], Any] = lambda m: m) -> float:
        a, b = (convert(m) for m in np.random.default_rng(0).standard_normal((2, n, n), dtype=np.float32))
        return 2 * n**3 / best_s(lambda: multiply(a, b), plan.repeats)

    return {"library": rate(plan.library_n, np.matmul),
            "compiled": rate(plan.compiled_n, lambda a, b: np.einsum("ij,jk->ik", a, b)),
            "python": rate(plan.python_n, python_matmul, np.ndarray.tolist)}


def machine() -> dict[str, Any]:
    """Return what the numbers depend on: processor, threads, versions."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = {name: os.environ[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
               if name in os.environ}
    return {"date": dt.date.today().isoformat(), "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(), "cache_bytes": cache_bytes(), "free_bytes": free_bytes(), "threads_set": threads,
            "python": platform.python_version(), "numpy": np.__version__,
            "blas": f"{blas.get('name')} {blas.get('version')}"}
