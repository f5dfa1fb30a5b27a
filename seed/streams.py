"""Random streams: each part of the world draws from one of its own, so that changing one leaves the others alone."""

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

#: One value a row, as Python strings: what files are written from.
Texts = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]


def stream(seed: int, *part: str | int) -> np.random.Generator:
    """A generator for one named part, e.g. ``stream(1, "people", block)``.

    The name is hashed (BLAKE2b) into the seed of a PCG64, which numpy promises to keep stable across versions.
    """
    digest = blake2b("/".join(map(str, (seed, *part))).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def texts(values: object) -> Texts:
    """An array of Python strings from any sequence or array of text."""
    return np.array(values, dtype=object) if not isinstance(values, np.ndarray) else values.astype(object)


def pick(rng: np.random.Generator, options: Texts, size: int, weights: Floats | None = None) -> Texts:
    """Draw with replacement, `weights` need not sum to one."""
    chosen: Texts = options[draw(rng, len(options), size, weights)]
    return chosen


def draw(rng: np.random.Generator, options: int, size: int, weights: Floats | None = None) -> Ints:
    """Draw indexes below `options`, by inversion: several times faster than `Generator.choice`."""
    if weights is None:
        return rng.integers(0, options, size)
    edges = np.cumsum(weights, dtype=np.float64)
    places: Ints = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.minimum(places, options - 1, dtype=np.int64)


def padded(numbers: Ints, width: int) -> Texts:
    """Decimal digits, filled with zeros from the left to `width`."""
    return texts([f"{number:0{width}d}" for number in numbers.tolist()])
