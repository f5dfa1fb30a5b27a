"""What installation compiles is all that a large week needs: nobody waits for a compiler on the first plan."""

import importlib
import pkgutil

import solver
from bench.solver.city import city
from solver.candidates import find_candidates
from solver.clock import Run
from solver.large import solve_large
from solver.warm import warm


def _signatures():
    """Types that each kernel of the package is compiled for, by its name."""
    found = {}
    for module in pkgutil.iter_modules(solver.__path__):
        for value in vars(importlib.import_module(f"solver.{module.name}")).values():
            if hasattr(value, "py_func"):
                found[value.py_func.__qualname__] = {str(each) for each in value.signatures}
    return found


def test_planning_compiles_nothing_that_installation_did_not():
    warm()
    before = _signatures()
    assert len(before) > 20
    for plain in (True, False):
        problem = city(1500, 300, seed=3, plain=plain)
        solve_large(problem, find_candidates(problem), Run(seconds=None), 2)
    assert _signatures() == before
