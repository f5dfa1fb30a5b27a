"""The two ways to find the eligible pairs give the same pairs with the same points."""

import numpy as np
import pytest

from bench.solver.city import city
from solver.candidates import _by_comparing
from solver.grid import find_by_grid


@pytest.mark.parametrize("workers", [1, 2])
def test_the_grid_finds_what_comparing_everybody_finds(workers):
    problem = city(1500, 300, seed=3)
    compared, searched = _by_comparing(problem), find_by_grid(problem, workers)
    assert len(compared) > 1000
    for name in ("start", "role", "points"):
        assert np.array_equal(getattr(compared, name), getattr(searched, name))
