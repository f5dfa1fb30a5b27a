"""The roster as a workbook: one row a seat, as it is read at an office desk."""

import io

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from matching.queries.rosters import RosterView
from web.moments import clock_text, day_text
from web.texts.states import state_name

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (14, 9, 9, 30, 20, 24, 18, 10, 14, 12)


def roster_book(board: RosterView) -> bytes:
    """Give the workbook of a board."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = str(board.week)
    heads = (
        _("Day"), _("From"), _("Until"), _("Service"), _("Neighbourhood"), _("Place"), _("Role"), _("Seat"),
        _("Name"), _("State"),
    )  # fmt: skip
    sheet.append([str(head) for head in heads])
    for shift in board.shifts:
        when = (day_text(shift.starts_at), clock_text(shift.starts_at), clock_text(shift.ends_at))
        for role in shift.roles:
            for seat in role.seats:
                state = "" if seat.state is None else state_name(seat.state)
                named = (shift.title, shift.unit_name, shift.place, role.name, state_name(seat.tier))
                sheet.append([*when, *(_plain(text) for text in named), _plain(seat.person_name or ""), state])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJ"[number]].width = width
    sheet.freeze_panes = "A2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _plain(text: str) -> str:
    """Keep a spreadsheet from reading what somebody typed as a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
