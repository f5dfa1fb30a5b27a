"""Clerical review: two records side by side, every comparison with its weight, one key a decision, and the way back."""

from difflib import SequenceMatcher
from itertools import accumulate
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from models.authority import Permission
from models.linkage import ReviewState, VerdictKind
from registry.queries import pair_view, review_progress, waiting_pairs
from registry.queries.pairs import SHOWN, PairView
from registry.queries.progress import review_pace
from registry.review import claim, claim_next, decide, undo_decision
from web.access import current_actor, requires
from web.current import current_work, now
from web.notices import flash_with_undo
from web.places import unit_names
from web.texts.registry import comparison_name, field_name, level_text, rule_text, shown_value

review = Blueprint("review", __name__)
_LEAST_SCALE = 6.0
_AS_IT_CAME = Markup(' lang="zh-Hans" translate="no"')


@review.get("/review")
@requires(Permission.CITY_REVIEW_DECIDE)
def queue() -> ResponseReturnValue:
    """Show how the queue stands, and its first pairs."""
    with current_work().read() as session:
        progress = review_progress(session, current_actor())
        pairs = waiting_pairs(session, current_actor(), limit=20)
        pace = review_pace(session, current_actor(), now=now())
    return render_template("steward/review.html", progress=progress, pairs=pairs, pace=pace, rule_text=rule_text)


@review.post("/review/next")
@requires(Permission.CITY_REVIEW_DECIDE)
def go() -> ResponseReturnValue:
    """Claim the likeliest pair that nobody else has, and show it; `after` is a pair put off."""
    after = request.form.get("after", "")
    return _next(int(after) if after.isdecimal() and len(after) < 19 else None)  # noqa: PLR2004  63 bits


@review.get("/review/<int:pair_id>")
@requires(Permission.CITY_REVIEW_DECIDE)
def pair(pair_id: int) -> ResponseReturnValue:
    """Show a pair side by side."""
    with current_work().read() as session:
        one = pair_view(session, current_actor(), pair_id=pair_id)
        names = unit_names(session, [one.left.values["unit_code"], one.right.values["unit_code"]])
        waiting = review_progress(session, current_actor()).waiting
    return render_template(
        "steward/pair.html",
        pair=one,
        waiting=waiting,
        rows=_rows(one, names),
        bars=_bars(one),
        rule_text=rule_text,
        is_waiting=one.state is ReviewState.WAITING,
        is_taken=_is_taken(one),
    )


@review.post("/review/<int:pair_id>")
@requires(Permission.CITY_REVIEW_DECIDE)
def pair_decide(pair_id: int) -> ResponseReturnValue:
    """Decide a pair, and go to the next."""
    kind = VerdictKind(request.form["kind"]) if request.form.get("kind") in set(VerdictKind) else None
    if kind is None:
        return redirect(url_for("review.pair", pair_id=pair_id))
    note = request.form.get("note", "").strip()[:200] or None
    with current_work().begin() as session:
        claim(session, current_actor(), pair_id=pair_id, now=now())
        decide(session, current_actor(), pair_id=pair_id, kind=kind, note=note, now=now())
    text = _("Decided: the same person.") if kind is VerdictKind.SAME else _("Decided: different people.")
    flash_with_undo(text, url_for("review.pair_undo", pair_id=pair_id), "good")
    return _next(None)


@review.post("/review/<int:pair_id>/undo")
@requires(Permission.CITY_REVIEW_DECIDE)
def pair_undo(pair_id: int) -> ResponseReturnValue:
    """Take a decision back: everything is as it was, and the pair waits again."""
    with current_work().begin() as session:
        undo_decision(session, current_actor(), pair_id=pair_id, now=now())
    flash(_("Taken back. The pair waits again."), "calm")
    return redirect(url_for("review.pair", pair_id=pair_id))


def _is_taken(pair: PairView) -> bool:
    """Whether another steward is deciding the pair just now."""
    others = pair.claimed_by_id not in {None, current_actor().account_id}
    return others and pair.claimed_until is not None and pair.claimed_until > now()


def _next(after: int | None) -> ResponseReturnValue:
    with current_work().begin() as session:
        pair_id = claim_next(session, current_actor(), now=now(), after=after)
    if pair_id is None:
        return redirect(url_for("review.queue"))
    return redirect(url_for("review.pair", pair_id=pair_id))


def _rows(pair: PairView, units: dict[str, str]) -> list[dict[str, Any]]:
    """Give the fields of both records, the differences marked by character."""
    rows = []
    for code in SHOWN:
        left, right = (shown_value(code, record.values.get(code, ""), units) for record in (pair.left, pair.right))
        if left or right:
            rows.append(
                {
                    "name": field_name(code),
                    "attributes": Markup("") if code == "gender" else _AS_IT_CAME,
                    "left": marked(left, right),
                    "right": marked(right, left),
                    "verdict": "missing" if not left or not right else "same" if left == right else "different",
                }
            )
    return rows


def marked(text: str, other: str) -> Markup:
    """Give `text` with what `other` does not have in its place marked; nothing is marked beside a blank."""
    if not text or not other or text == other:
        return Markup("{}").format(text)
    parts = []
    for kind, start, end, _start, _end in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
        piece = text[start:end]
        parts.append(Markup("{}").format(piece) if kind == "equal" else Markup("<mark>{}</mark>").format(piece))
    return Markup("").join(parts)


def _bars(pair: PairView) -> list[dict[str, Any]]:
    """Give the waterfall: each comparison's weight as a bar from where the sum stood before it."""
    sums = [0.0, *accumulate(each.weight for each in pair.comparisons)]
    scale = max(_LEAST_SCALE, *(abs(total) for total in sums))
    rows = []
    for each, before, total in zip(pair.comparisons, sums, sums[1:], strict=False):
        left, right = sorted(50 + 50 * bits / scale for bits in (before, total))
        rows.append(
            {
                "name": comparison_name(each.name),
                "level": level_text(each.level),
                "weight": each.weight,
                "x": round(min(left, 99.0), 1),
                "width": round(max(right - left, 1.0), 1),
                "tone": "for" if each.weight > 0 else "against" if each.weight < 0 else "none",
            }
        )
    return rows
