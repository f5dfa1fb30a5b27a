"""A leader's pages: a unit's week in honest figures, drilled down; the same for a wall and for a spreadsheet."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from matching.queries.people_figures import PARTS
from models.authority import Permission
from models.need import Tier
from web.access import current_actor, requires
from web.current import current_work, now, today
from web.files import attached
from web.pages.leading import STUDENT_SHARE, TARGET_SHARE, Board, board_of
from web.pages.maps import map_of
from web.pages.tables import table_file, workbook_file
from web.places import wanted_week
from web.texts.indicators import HOW

leader = Blueprint("leader", __name__)
_SHAPES = {"csv": table_file, "xlsx": workbook_file}


@leader.get("/city")
@requires(Permission.UNIT_INDICATOR_READ)
def city() -> ResponseReturnValue:
    """Show a unit's week: people, supply against demand, what waits, what was served, and the units below it."""
    return _page("leader/city.html", _board())


@leader.get("/city/wall")
@requires(Permission.UNIT_INDICATOR_READ)
def wall() -> ResponseReturnValue:
    """Show the same on a screen that nobody touches; it renews itself."""
    return _page("leader/wall.html", _board())


@leader.get("/city/figures.<any(csv, xlsx):shape>")
@requires(Permission.UNIT_INDICATOR_READ)
def figures(shape: str) -> Response:
    """Give the figures as a file, with how each is counted."""
    board = _board()
    return attached(_SHAPES[shape](board), f"{board.places.here.name}-{board.week}.{shape}")


def _board() -> Board:
    with current_work().read() as session:
        return board_of(
            session,
            current_actor(),
            week=wanted_week(),
            code=request.args.get("unit") or None,
            skill=request.args.get("skill") or None,
            now=now(),
            today=today(),
        )


def _page(template: str, board: Board) -> str:
    here = board.places.here
    return render_template(
        template,
        board=board,
        here=here,
        week=str(board.week),
        arguments={"unit": here.code, "skill": board.skill} if board.skill else {"unit": here.code},
        parts=PARTS,
        Tier=Tier,
        map=map_of(board),
        how=HOW,
        target=TARGET_SHARE,
        student_limit=STUDENT_SHARE,
        counted_at=now(),
    )
