"""Kernels are compiled once: with the types that real work has, so that nobody waits for a second compilation."""

from models.authority import SYSTEM
from registry import keystore
from registry.consolidate import consolidate, relink
from registry.intake import import_file
from registry.linkage import candidates, clusters, comparisons, decisions, link_keys
from registry.linkage.warm import warm
from tests.registry.files import CIVILISATION, civilisation_row, number, written

ROOMS = (candidates, clusters, comparisons, decisions, link_keys, keystore)


def compiled():
    found = {}
    for room in ROOMS:
        for name, value in vars(room).items():
            if getattr(value, "__module__", "") == room.__name__ and hasattr(value, "signatures"):
                found[f"{room.__name__}.{name}"] = value
    return found


def kernels():
    return {name: value for name, value in compiled().items() if "no_cpython_wrapper" not in value.targetoptions}


def test_one_compilation_of_each_kernel_serves_bulk_and_single_linkage(session, now, tmp_path):
    warm()
    warmed = {name: len(kernel.signatures) for name, kernel in kernels().items()}
    lines = [civilisation_row(k, "周建国", 证件号码=number(f"19{60 + k}-05-06", k)) for k in range(1, 9)]
    lines += [civilisation_row(k, "曾建国", 手机号码="12900000001") for k in range(9, 12)]
    path = written(tmp_path / "a.csv", CIVILISATION, lines)
    import_file(session, SYSTEM, source="civilisation", path=path, now=now)
    consolidate(session, SYSTEM, now=now)
    relink(session, [9, 10], now=now)
    assert warmed == dict.fromkeys(warmed, 1)
    assert len(warmed) == 9
    assert {name: len(kernel.signatures) for name, kernel in kernels().items()} == warmed
