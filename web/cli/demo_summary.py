"""The demonstration's story, told in the terminal: records in, persons out, seats filled, what stays empty and why."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select

from matching.need_import import NeedsImported
from matching.policy import DEFAULT
from matching.publishing import Published
from matching.queries.coordination import CitySummary
from matching.week import Week
from models.linkage import PersonLink
from models.need import Need, Shift, ShiftRole
from models.person import Person, PersonState
from models.roster import Shortfall
from models.source import ImportBatch, RowIssue, SourceRecord
from registry.consolidate import ConsolidationReport
from registry.intake import ImportReport
from web.cli.console import say
from web.cli.demo_accounts import SignIn
from web.cli.demo_life import Life
from web.database import Work
from web.jobs.week import Planned
from web.pages.demonstration import DEMO_PASSWORD

BAR = 24
EXAMPLES = 5
RULES = {
    "tag": "lack a skill or certificate",
    "expired": "hold a certificate that will have expired",
    "distance": "live too far away",
    "time": "are not free then",
    "barred": "declined or are barred",
    "limit": "have reached their limit",
    "busy": "serve elsewhere then",
}


@dataclass(slots=True)
class Story:
    """What the demonstration did and found."""

    week: Week
    size: str
    work: Work
    imports: dict[str, ImportReport] = field(default_factory=dict)
    consolidation: ConsolidationReport | None = None
    needs: NeedsImported | None = None
    tickets: NeedsImported | None = None
    plan: Planned | None = None
    published: Published | None = None
    summary: CitySummary | None = None
    life: Life | None = None
    sign_ins: list[SignIn] = field(default_factory=list)


def tell(story: Story, taken: list[tuple[str, float]]) -> None:
    """Print the story."""
    _tell_registry(story)
    _tell_week(story)
    _tell_life(story)
    _tell_gaps(story)
    say()
    say(f"All of it took {sum(seconds for _, seconds in taken):.1f} s.")
    say()
    say(f"Sign in with the password {DEMO_PASSWORD}:")
    for one in story.sign_ins:
        say(f"  {one.login:<12} {one.title}")
    say()


def _tell_life(story: Story) -> None:
    if story.life is not None:
        life = story.life
        say(f"  {life.confirmed:,} confirmed and {life.declined:,} declined already; the rest is asked by message")
        say(f"  two weeks before, one street: {life.served:,} served {life.hours:,} hours, some of them to approve")


def _tell_registry(story: Story) -> None:
    with story.work.read() as session:
        records = session.scalar(select(func.count()).select_from(SourceRecord)) or 0
        persons = (
            session.scalar(select(func.count()).select_from(Person).where(Person.state == PersonState.ACTIVE)) or 0
        )
        rows = session.scalar(select(func.sum(ImportBatch.rows))) or 0
        issues = session.execute(
            select(RowIssue.code, func.count()).where(RowIssue.quarantined).group_by(RowIssue.code)
        ).all()
        links = (
            select(func.count(func.distinct(SourceRecord.source)).label("agencies"))
            .join(PersonLink, PersonLink.source_record_id == SourceRecord.id)
            .group_by(PersonLink.person_id)
            .subquery()
        )
        spread: dict[int, int] = dict(
            session.execute(select(links.c.agencies, func.count()).group_by(links.c.agencies)).all()
        )
    say()
    say("One registry")
    say(f"  {rows:,} rows in five files → {records:,} records → {persons:,} persons, each once")
    known = ", ".join(f"{count:,} known to {agencies}" for agencies, count in sorted(spread.items()))
    say(f"  {known} agencies")
    if story.consolidation:
        say(f"  {story.consolidation.pairs_waiting:,} uncertain pairs wait for a steward; no machine decides them")
    quarantined = sum(count for _, count in issues)
    reasons = ", ".join(f"{count:,} {code.replace('_', ' ')}" for code, count in sorted(issues, key=_by_count))
    say(f"  {quarantined:,} rows in quarantine, kept with line and reason: {reasons}")


def _by_count(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _tell_week(story: Story) -> None:
    summary = story.summary
    if summary is None or summary.points is None or summary.bound is None:
        return
    counts = summary.counts
    say()
    say(f"One week, {summary.week}")
    say(f"  {counts['shifts']:,} shifts, {counts['volunteers']:,} volunteers who could be asked")
    for tier, seats in counts["seats"].items():
        if seats["asked"]:
            share = seats["filled"] / seats["asked"]
            bar = "█" * round(BAR * share) + "·" * (BAR - round(BAR * share))
            say(f"  {tier:<10} {bar} {seats['filled']:,} of {seats['asked']:,} seats, {share:.0%}")
    proof = "no plan is better" if summary.points == summary.bound else f"gap {summary.gap:.3%}"
    say(f"  {summary.points:,} points; proven that no plan has more than {summary.bound:,} ({proof})")
    say(f"  checked by independent code; {sum(summary.offers.values()):,} people-and-seats asked, none ordered")


def _tell_gaps(story: Story) -> None:
    if story.summary is None or story.summary.run_id is None:
        return
    with story.work.read() as session:
        query = (
            select(Shortfall, Shift, ShiftRole.name, Need.title)
            .join(ShiftRole, ShiftRole.id == Shortfall.role_id)
            .join(Shift, Shift.id == ShiftRole.shift_id)
            .join(Need, Need.id == Shift.need_id)
            .where(Shortfall.run_id == story.summary.run_id)
            .order_by(Shortfall.tier, Shift.priority, Shift.starts_at, Shortfall.role_id)
        )
        found = session.execute(query).all()
    if not found:
        say("  nothing stays empty")
        return
    say()
    say(f"What stays empty: {sum(row[0].missing for row in found):,} seats in {len(found):,} roles, for example")
    for shortfall, shift, role, title in found[:EXAMPLES]:
        when = shift.starts_at.astimezone(DEFAULT.zone)
        say(f"  {when:%a %H:%M} {title} · {role}: {shortfall.missing} missing")
        say(f"      {_because(shortfall)}")


def _because(shortfall: Shortfall) -> str:
    grouped: Counter[str] = Counter()
    for rule, count in shortfall.blocked.items():
        grouped[rule.partition(":")[0]] += int(count)
    reasons = [f"{count:,} {RULES.get(rule, rule)}" for rule, count in grouped.most_common(3)]
    if shortfall.eligible:
        reasons.insert(0, f"{shortfall.eligible:,} could come and are worth more elsewhere")
    return "; ".join(reasons) or "nobody is registered near enough"
