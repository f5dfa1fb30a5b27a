"""The same arguments give the same files; a part drawn anew leaves the others alone; memory stays bounded."""

import gc

from seed.blocks import city_blocks
from seed.generate import world_of, write_city
from seed.mess import ErrorRates
from seed.people import BLOCK, People
from seed.records import SOURCES

CLEAN = ErrorRates(
    **{name: (False if name == "total_row" else 0.0) for name in ErrorRates.__dataclass_fields__},
)


def test_same_seed_same_bytes_and_cells(tmp_path, read_rows):
    one, two = (write_city(tmp_path / name, seed=7, population=400) for name in ("one", "two"))
    for source, path in one.agencies.items():
        other = two.agencies[source]
        if path.suffix == ".csv":
            assert path.read_bytes() == other.read_bytes()
        assert read_rows(source, path) == read_rows(source, other)
    for name in ("truth", "traps", "unusable", "needs", "hotline"):
        assert getattr(one, name).read_bytes() == getattr(two, name).read_bytes()


def test_another_seed_is_another_city(tmp_path):
    one, two = (write_city(tmp_path / str(seed), seed=seed, population=200) for seed in (1, 2))
    assert one.agencies["civilisation"].read_bytes() != two.agencies["civilisation"].read_bytes()


def test_rates_change_the_mess_and_not_the_people(tmp_path):
    world, again = (world_of("small", 3, "2026-W48", population=400) for _ in range(2))
    (dirty,), (clean,) = (list(city_blocks(w, r, population=400)) for w, r in ((world, ErrorRates()), (again, CLEAN)))
    assert dirty.people.name.tolist() == clean.people.name.tolist()
    assert dirty.people.identity.tolist() == clean.people.identity.tolist()


def test_without_errors_a_record_says_what_is_true():
    (block,) = city_blocks(world_of("small", 3, "2026-W48", population=400), CLEAN, population=400)
    for source in SOURCES:
        part = block.records[source]
        assert part.name.tolist() == block.people.name[part.row].tolist()
        assert part.telephone.tolist() == block.people.telephone[part.row].tolist()
        assert part.line.tolist() == block.people.home[part.row].tolist()
        assert len(set(part.row.tolist())) == len(part)


def test_a_city_streams_block_by_block_and_keeps_none():
    gc.collect()
    alive, largest = [], 0
    for block in city_blocks(world_of("district", 1, "2026-W48", population=16_000), ErrorRates(), population=16_000):
        largest = max(largest, len(block.people))
        alive.append(sum(isinstance(found, People) for found in gc.get_objects()))
        del block
    assert len(alive) >= 5
    assert max(alive[1:]) <= 2
    assert largest < 3 * BLOCK


def test_population_is_exact_and_households_whole():
    blocks = list(city_blocks(world_of("small", 5, "2026-W48", population=1_000), ErrorRates(), population=1_000))
    assert 1_000 <= sum(int(block.registered.sum()) for block in blocks) <= 1_003


def test_progress_ends_at_all(tmp_path):
    seen = []
    write_city(tmp_path, population=300, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (300, 300)
