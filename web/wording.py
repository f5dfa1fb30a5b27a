"""What templates need to say codes and to show what people typed."""

from enum import StrEnum

from flask import Flask, g
from markupsafe import Markup

from models.need import Tier
from models.roster import RunKind, RunState
from models.service import HourChangeKind
from registry.mappings.saved import mappings_in_force
from web.current import current_work
from web.texts.runs import CHANGES, stage_name, status_name, status_tone
from web.texts.states import state_name, state_tone
from web.texts.taxonomy import SOURCE_NAMES, category_name, source_name, tag_name
from web.texts.week import OWN_REASONS, change_reason


def is_chinese(text: object) -> bool:
    """Say whether `text` has Chinese characters in it."""
    return any("\u3400" <= character <= "\u9fff" for character in str(text))


def verbatim(text: object) -> Markup:
    """Show what a person or an agency wrote: not translated, and read aloud as Chinese when it is (WCAG 3.1.2)."""
    said = "" if text is None else str(text)
    if is_chinese(said):
        return Markup('<span lang="zh-Hans" translate="no">{}</span>').format(said)
    return Markup('<span translate="no">{}</span>').format(said)


def own_reason(text: str | None) -> Markup:
    """Show why hours were changed: the program's own codes in words, what a person wrote as it is."""
    known = OWN_REASONS.get(text or "")
    return Markup("{}").format(str(known)) if known is not None else verbatim(text)


def said_source(code: str) -> Markup | str:
    """Name a feed: one that ships in the reader's language, another as the mapping that a steward saved for it does."""
    if code in SOURCE_NAMES:
        return source_name(code)
    if "agencies" not in g:
        with current_work().read() as session:
            g.agencies = {source: mapping.agency for source, mapping in mappings_in_force(session).items()}
    return verbatim(g.agencies.get(code, code))


def word(state: StrEnum | None) -> str:
    """Name a state or kind; — for none."""
    return "—" if state is None else state_name(state)


def write_words(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.tests["chinese"] = is_chinese
    app.jinja_env.filters.update(
        outcome=status_name,
        outcome_tone=status_tone,
        stage=stage_name,
        change_reason=change_reason,
        run_state=lambda code: state_name(RunState(code)),
        run_kind=lambda code: state_name(RunKind(code)),
        tier_word=lambda code: state_name(Tier(code)),
        change_word=lambda code: str(CHANGES[code]),
        sum_values=lambda counts: sum(counts.values()),
        hour_act=lambda code: state_name(HourChangeKind(code)),
        verbatim=verbatim,
        own_reason=own_reason,
        word=word,
        tone=state_tone,
        tag=tag_name,
        category=category_name,
        source=said_source,
    )
