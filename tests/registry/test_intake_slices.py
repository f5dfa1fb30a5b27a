"""A file taken in by short units of work: refused whole, overtaken by a newer one, gone on with after a kill."""

import pytest
from sqlalchemy import func, select

from models import ImportBatch, SourceRecord
from models.authority import SYSTEM
from models.source import BatchState
from registry import record_store
from registry.intake import begin
from registry.refusals import FileTooLarge, ImportOvertaken
from tests.registry.files import CIVILISATION, civilisation_row, written
from tests.registry.test_slices import add_units
from web.jobs.intake import import_in_slices


@pytest.fixture(autouse=True)
def small_chunks(work, monkeypatch):
    add_units(work)
    monkeypatch.setattr(record_store, "_CHUNK", 3)


def rows(numbers, given="伟"):
    return [civilisation_row(k, f"张{given}", 手机号码=f"1290000{k:04d}") for k in numbers]


def counted(work):
    with work.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in (ImportBatch, SourceRecord)]


def test_a_file_that_breaks_a_limit_at_its_end_stores_nothing(work, now, tmp_path):
    lines = [*rows(range(1, 9)), "a," * 1_100]
    path = written(tmp_path / "a.csv", CIVILISATION, lines)
    with pytest.raises(FileTooLarge):
        import_in_slices(work, SYSTEM, source="civilisation", path=path, now=now)
    assert counted(work) == [0, 0]
    path = written(tmp_path / "a.csv", CIVILISATION, lines[:-1])
    assert import_in_slices(work, SYSTEM, source="civilisation", path=path, now=now).new == 8
    assert counted(work) == [1, 8]


def left_half_read(work, path, now):
    """Begin to import a file and store its first three rows."""
    with work.begin() as session:
        begun = begin(session, SYSTEM, source="civilisation", path=path, now=now)
    chunks = begun.chunks()
    with work.begin() as session:
        begun.take(session, next(chunks))
    return begun, chunks


def test_the_same_file_goes_on_where_it_was_left(work, now, tmp_path):
    path = written(tmp_path / "a.csv", CIVILISATION, rows(range(1, 9)))
    begun, chunks = left_half_read(work, path, now)
    report = import_in_slices(work, SYSTEM, source="civilisation", path=path, now=now)
    assert (report.batch_id, report.new, report.unchanged) == (begun.work.batch_id, 8, 0)
    assert counted(work) == [1, 8]
    with pytest.raises(ImportOvertaken), work.begin() as session:
        begun.take(session, next(chunks))


def test_another_file_takes_over_and_what_was_stored_is_known_to_it(work, now, tmp_path):
    path = written(tmp_path / "a.csv", CIVILISATION, rows(range(1, 9)))
    begun, chunks = left_half_read(work, path, now)
    newer = written(tmp_path / "b.csv", CIVILISATION, [*rows([1, 2]), *rows([3], "芳"), *rows([4])])
    report = import_in_slices(work, SYSTEM, source="civilisation", path=newer, now=now)
    assert (report.new, report.changed, report.unchanged, report.gone) == (1, 1, 2, 0)
    with work.read() as session:
        states = session.scalars(select(ImportBatch.state).order_by(ImportBatch.id)).all()
    assert states == [BatchState.REFUSED, BatchState.STORED]
    with pytest.raises(ImportOvertaken), work.begin() as session:
        begun.take(session, next(chunks))
