"""A leader's figures as files: one table for programs, a workbook for people; each says how its figures are counted."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from matching.queries.people_figures import PARTS
from models.need import Tier
from web.moments import weekday_text
from web.pages.leading import Board
from web.texts.indicators import HOW
from web.texts.taxonomy import category_name, tag_name

Table = list[list[Any]]


def table_file(board: Board) -> bytes:
    """Give the figures by place as CSV in UTF-8 with a byte order mark."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(_places(board))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def workbook_file(board: Board) -> bytes:
    """Give all figures as a workbook, a sheet a subject, the last one saying how each is counted."""
    book = Workbook()
    for number, (title, table) in enumerate(_sheets(board)):
        sheet: Worksheet = book.active if number == 0 else book.create_sheet()  # type: ignore[assignment]
        sheet.title = title
        for row in table:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for place, column in enumerate(sheet.iter_cols(values_only=True), 1):
            width = max(len(str(value or "")) for value in column)
            sheet.column_dimensions[get_column_letter(place)].width = min(60, 4 + 1.6 * width)
        sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheets(board: Board) -> Iterator[tuple[str, Table]]:
    yield str(_("Places")), _places(board)
    yield str(_("Hours of the week")), _hours(board)
    yield str(_("Skills")), _skills(board)
    yield str(_("Kinds of service")), _kinds(board)
    yield str(_("Weeks")), _weeks(board)
    yield str(_("How it is counted")), [[str(_("Figure")), str(_("How it is counted"))], *_how()]


def _places(board: Board) -> Table:
    heading = [
        _("Code"), _("Place"), _("Residents"), _("on"), _("Registered"), _("Registered share"), _("Active"),
        _("Active share"), _("Students"), _("Essential seats"), _("held"), _("Wanted seats"), _("held"),
    ]  # fmt: skip
    rows: Table = [[str(cell) for cell in heading]]
    for row in (board.whole, *board.rows):
        essential, wanted = row.rate(Tier.ESSENTIAL), row.rate(Tier.WANTED)
        rows.append(
            [
                row.place.code, row.place.name, row.place.residents,
                row.place.residents_on.isoformat() if row.place.residents_on else "",
                row.people.registered, _share(row.registered_share), row.people.active, _share(row.active_share),
                row.people.students, essential.asked, essential.held, wanted.asked, wanted.held,
            ]
        )  # fmt: skip
    return rows


def _hours(board: Board) -> Table:
    heading = (_("Weekday"), _("From"), _("Until"), _("Seats"), _("held"), _("Could come"))
    rows: Table = [[str(cell) for cell in heading]]
    for number, (first, last) in enumerate(PARTS):
        rows += [
            [weekday_text(day), f"{first:02d}:00", f"{last:02d}:00", cell.rate.asked, cell.rate.held, cell.free]
            for day, cell in enumerate(board.heat[number])
        ]
    return rows


def _skills(board: Board) -> Table:
    heading = [str(_("Skill")), str(_("Seats")), str(_("held")), str(_("Holders"))]
    return [heading, *([tag_name(one.tag), one.rate.asked, one.rate.held, one.holders] for one in board.skills)]


def _kinds(board: Board) -> Table:
    heading = [str(_("Kind")), str(_("Seats")), str(_("held"))]
    return [heading, *([category_name(code), rate.asked, rate.held] for code, rate in board.categories.items())]


def _weeks(board: Board) -> Table:
    heading = [str(_("Week")), str(_("Seats")), str(_("held")), str(_("Hours served"))]
    return [heading, *([row.week, row.rate.asked, row.rate.held, round(row.minutes / 60, 1)] for row in board.trend)]


def _how() -> Table:
    return [[str(name), str(text)] for name, text in HOW.values()]


def _share(share: float | None) -> float | str:
    return "" if share is None else round(share, 4)
