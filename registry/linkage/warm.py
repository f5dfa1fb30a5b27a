"""Everything that is compiled, compiled: ``python -m registry.linkage.warm`` at installation, :func:`warm` at start.

Linkage of a few made-up records calls each kernel once with the very types that real work has; a test holds it to that.
Compiling takes some seconds, once for a machine and version; after it, kernels are read from numba's cache.
"""

import sys
import threading
from time import perf_counter

import numpy as np

from registry.keystore import hashed_under
from registry.linkage.engine import linked
from registry.linkage.features import FEATURE, Features, unpacked
from registry.linkage.link_keys import keys_of
from registry.linkage.scorecard import shipped_scorecard


def warm() -> None:
    """Load what is compiled, compiling what is not yet."""
    features = _made_up()
    verdicts = np.array([[0, 1]])
    linked(features, shipped_scorecard().with_frequencies(features), same=verdicts, different=verdicts + 2)
    hashed_under((np.uint64(1), np.uint64(2)), keys_of(features).first[:, 0])


def warm_in_background() -> threading.Thread:
    """Do so beside what a starting server does; a request that comes first waits for it."""
    thread = threading.Thread(target=warm, name="linli-warm", daemon=True)
    thread.start()
    return thread


def _made_up() -> Features:
    """Give eight records of one name, birth date and telephone; two surnames' readings, so that all kernels run."""
    record = np.zeros(1, FEATURE)
    for name in ("name", "reading", "reading_2", "near", "given", "surname"):
        record[name] = 5
    record["born"] = record["born_typed"] = 2001_02_03
    record["telephone"] = 12_900_000_001
    return unpacked([record.tobytes()] * 8)


if __name__ == "__main__":
    started = perf_counter()
    warm()
    sys.stdout.write(f"  done in {perf_counter() - started:.0f} s\n")
