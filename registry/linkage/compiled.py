"""Compiled functions: numba under types that the checker understands. Compiled once a machine, kept beside the sources.

A *kernel* is called from Python and kept in numba's cache; a *part* is called from kernels only and compiled into each
of them. Division by zero is not checked (there is none), which compiles faster and runs no slower.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function of arrays at its first call, without the interpreter's lock; keep it for the next process."""
    try:
        compiled = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # nowhere to keep it: neither beside the sources nor in a home folder
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
    return cast("F", compiled)


def part(function: F) -> F:
    """Compile a function into the kernels that call it."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # not in numba's annotations
    return cast("F", numba.njit(nogil=True, error_model="numpy", **options)(function))
