"""A file goes back to its agency with what to mend, and comes in again: five agencies, every format."""

import csv
import io

import openpyxl
import pytest

from models.authority import SYSTEM
from registry.headings import found_file
from registry.intake import import_file
from registry.mappings import mapping_from, shipped
from registry.mappings.saved import mapping_in_force, mappings_in_force, save_mapping
from registry.mended import batch_to_mend, keep_original
from registry.refusals import NoSuchMapping
from registry.rows import MEND
from seed.generate import write_city

ENCODINGS = {"civilisation": "gb18030", "red_cross": "utf-8-sig", "civil_affairs": "utf-8"}
SOURCES = ("civilisation", "youth_league", "red_cross", "civil_affairs", "education")


@pytest.fixture(scope="session")
def agencies(tmp_path_factory):
    return write_city(tmp_path_factory.mktemp("city")).agencies


def taken_in(session, source, path, now):
    report = import_file(session, SYSTEM, source=source, path=path, now=now)
    assert keep_original(session, SYSTEM, batch_id=report.batch_id, path=path)
    return report


def handed_back(session, batch_id, folder):
    back = batch_to_mend(session, SYSTEM, batch_id=batch_id)
    assert back.is_whole
    path = folder / back.file_name
    path.write_bytes(b"".join(back.pieces))
    return path


def without_marked_rows(source, path):
    """What an agency does that mends by taking rows away: every row that the column speaks of."""
    if source in ENCODINGS:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode(ENCODINGS[source]), newline="")))
        place = rows[0].index(MEND)
        kept = [rows[0], *(row for row in rows[1:] if len(row) == place or (len(row) > place and not row[place]))]
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(kept)
        path.write_bytes(out.getvalue().encode(ENCODINGS[source]))
        return
    book = openpyxl.load_workbook(path)
    for sheet in book:
        header = next(row for row in sheet.iter_rows() if any(cell.value == MEND for cell in row))
        place = next(cell.column for cell in header if cell.value == MEND)
        for line in range(sheet.max_row, header[0].row, -1):
            if sheet.cell(line, place).value:
                sheet.delete_rows(line)
    book.save(path)


@pytest.mark.parametrize("source", SOURCES)
def test_a_file_goes_out_and_comes_in_again(session, now, tmp_path, agencies, source):
    first = taken_in(session, source, agencies[source], now)
    path = handed_back(session, first.batch_id, tmp_path)
    again = import_file(session, SYSTEM, source=source, path=path, now=now)
    assert (again.new, again.changed, again.gone) == (0, 0, 0)
    assert again.unchanged == first.new
    assert (again.encoding, again.delimiter, again.sheets) == (first.encoding, first.delimiter, first.sheets)
    without_marked_rows(source, path)
    mended = import_file(session, SYSTEM, source=source, path=path, now=now)
    nobody = {"total_row", "repeated_header", "repeated_row"}
    assert {code for code, _ in mended.issue_counts} <= nobody
    assert (mended.new, mended.changed, mended.gone) == (0, 0, 0)


def test_the_youth_leagues_title_row_stays(session, now, tmp_path, agencies):
    first = taken_in(session, "youth_league", agencies["youth_league"], now)
    before = openpyxl.load_workbook(agencies["youth_league"]).worksheets[0]
    after = openpyxl.load_workbook(handed_back(session, first.batch_id, tmp_path)).worksheets[0]
    assert (after.title, after.cell(1, 1).value) == (before.title, before.cell(1, 1).value)
    assert [str(each) for each in after.merged_cells.ranges] == [str(each) for each in before.merged_cells.ranges]
    assert after.cell(2, before.max_column + 1).value == MEND


def test_only_the_newest_file_of_an_agency_is_kept(session, now, tmp_path, agencies):
    first = taken_in(session, "civilisation", agencies["civilisation"], now)
    newer = tmp_path / "newer.csv"
    newer.write_bytes(agencies["civilisation"].read_bytes().replace("男".encode("gb18030"), "女".encode("gb18030"), 1))
    second = taken_in(session, "civilisation", newer, now)
    assert not batch_to_mend(session, SYSTEM, batch_id=first.batch_id).is_whole
    assert batch_to_mend(session, SYSTEM, batch_id=second.batch_id).is_whole


@pytest.mark.parametrize("source", SOURCES)
def test_whose_file_it_is_and_what_its_columns_mean_is_guessed(agencies, source):
    known = {code: mapping for code, mapping in shipped().items() if code != "self_service"}
    found = found_file(agencies[source], known)
    assert (found.source, found.fit) == (source, 1.0)
    assert {one.heading: one.field for one in found.columns} == dict(known[source].columns)


def test_columns_of_strangers_are_guessed_by_what_stands_in_them(tmp_path, agencies):
    text = agencies["civilisation"].read_bytes().decode("gb18030")
    heading, _, rest = text.partition("\r\n")
    strange = ",".join(f"C{number}" for number, _ in enumerate(heading.split(",")))
    path = tmp_path / "strange.csv"
    path.write_text(f"{strange}\r\n{rest}", encoding="utf-8")
    found = found_file(path, {})
    guessed = {one.field: one.heading for one in found.columns if one.because == "content"}
    assert guessed == {
        "external_id": "C0", "name": "C1", "gender": "C2", "id_number": "C4", "born_on": "C5", "telephone": "C6",
        "address": "C13", "availability": "C16", "registered_on": "C17", "hours": "C18",
    }  # fmt: skip


def test_a_saved_mapping_is_in_force_and_versions_stay(session, now):
    columns = {"号": "external_id", "名": "name", "电话": "telephone"}
    mapping = mapping_from({"source": "women", "agency": "妇联", "columns": columns})
    assert save_mapping(session, SYSTEM, mapping=mapping, name="2026", now=now) == 1
    assert save_mapping(session, SYSTEM, mapping=mapping, name="the same", now=now) == 1
    wider = mapping_from({"source": "women", "agency": "妇联", "columns": columns | {"住址": "address"}})
    assert save_mapping(session, SYSTEM, mapping=wider, name="2027", now=now) == 2
    assert mapping_in_force(session, "women") == wider
    assert mapping_in_force(session, "women", 1) == mapping
    assert set(mappings_in_force(session)) == {*SOURCES, "women"}
    with pytest.raises(NoSuchMapping):
        mapping_in_force(session, "women", 3)
