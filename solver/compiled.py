"""Compiled functions: numba with its cache, under types that the checker understands, and loops spread over cores.

Compiling costs seconds once for each machine and version; the cache beside the sources makes it milliseconds after.
Compiled code lets go of the interpreter, so plain threads spread it over the cores and nothing is forked.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

whole = cast("Callable[[Any], int]", np.int64)
"""A whole number of 64 bits, for the compiler; an ``int`` for the type checker."""


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of numbers and arrays; it runs without the interpreter's lock."""
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True)(function))


def spread(work: Callable[[int, int], R], count: int, workers: int, *, least: int = 512) -> list[R]:
    """``work(first, last)`` over all of ``range(count)``, in contiguous parts on as many cores, results in order.

    The parts must not depend on one another; few items (`least` a core) stay on one core.
    """
    cores = max(1, min(workers, count // least))
    edges = [count * core // cores for core in range(cores + 1)]
    if cores == 1:
        return [work(0, count)]
    with ThreadPoolExecutor(cores) as pool:
        return list(pool.map(work, edges[:-1], edges[1:]))
