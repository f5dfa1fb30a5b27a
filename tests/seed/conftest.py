import csv
from pathlib import Path

import openpyxl
import pytest

from seed.generate import CityFiles, write_city

ENCODINGS = {"civilisation": "gb18030", "red_cross": "utf-8-sig", "civil_affairs": "utf-8"}


def rows_of(source: str, path: Path) -> list[tuple[str, int, list]]:
    """(sheet, line, cells) of every row below the headings, read without the code under test."""
    if source in ENCODINGS:
        with path.open(encoding=ENCODINGS[source], newline="") as file:
            return [("", line, row) for line, row in enumerate(csv.reader(file), 1)][1:]
    first = 3 if source == "youth_league" else 2
    book = openpyxl.load_workbook(path, read_only=True)
    return [
        (sheet.title, line, list(row))
        for sheet in book
        for line, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if line >= first
    ]


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def city(tmp_path_factory) -> CityFiles:
    return write_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="session")
def rows(city) -> dict[str, list[tuple[str, int, list]]]:
    return {source: rows_of(source, path) for source, path in city.agencies.items()}


@pytest.fixture(scope="session")
def usable(city, rows) -> dict[str, list[list]]:
    bad = {(row["source"], row["sheet"], int(row["line"])) for row in table_of(city.unusable)}
    return {
        source: [cells for sheet, line, cells in found if (source, sheet, line) not in bad]
        for source, found in rows.items()
    }


@pytest.fixture(scope="session")
def read_table():
    return table_of


@pytest.fixture(scope="session")
def read_rows():
    return rows_of
