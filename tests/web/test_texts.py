"""Every code has words in both languages, and the catalogue is complete."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from models import taxonomy
from tests.web.proofreading import CHINESE, LATIN
from web import messages
from web.language import LANGUAGES
from web.texts.audit import SENTENCES as AUDIT
from web.texts.complaints import COMPLAINTS
from web.texts.refusals import REFUSED, SENTENCES, STATUSES
from web.texts.states import WORDS
from web.texts.taxonomy import CATEGORY_NAMES, SOURCE_NAMES, TAG_NAMES

HERE = Path(__file__).resolve().parents[2]

TABLES: dict[str, Mapping[Any, Any]] = {
    "tags": TAG_NAMES,
    "categories": CATEGORY_NAMES,
    "sources": SOURCE_NAMES,
    "complaints": COMPLAINTS,
    "refusals": SENTENCES,
    "audit": AUDIT,
    **{kind.__name__: {state: text for state, (text, _tone) in words.items()} for kind, words in WORDS.items()},
}


def test_the_catalogue_is_complete() -> None:
    assert list(messages.faults()) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TABLES)
def test_every_word_is_in_the_readers_language(words_app: Flask, table: str, language: str) -> None:
    with words_app.test_request_context(), force_locale(language):
        texts = {code: str(text) for code, text in TABLES[table].items()}
    wrong = CHINESE if language == "en" else LATIN
    assert {
        code: text for code, text in texts.items() if not text or wrong.search(re.sub(r"%\(\w+\)s", "", text))
    } == {}


def test_every_tag_and_category_has_a_name() -> None:
    assert set(TAG_NAMES) == set(taxonomy.TAGS)
    assert set(CATEGORY_NAMES) == set(taxonomy.CATEGORIES)


def test_every_act_that_is_written_down_has_a_sentence() -> None:
    rooms = [path for room in ("registry", "matching", "web") for path in (HERE / room).rglob("*.py")]
    sources = [text for path in rooms if re.search(r"\b(note|write_down|AuditEvent)\(", text := path.read_text())]
    written = re.compile(
        r'(?:action=|note\(\s*session,\s*actor,\s*|write_down\(\s*session,\s*actor,\s*)"([a-z_]+\.[a-z_]+)"'
    )
    assert {action for text in sources for action in written.findall(text)} - set(AUDIT) == set()


@pytest.mark.parametrize("kind", WORDS)
def test_every_state_has_words(kind: type[StrEnum]) -> None:
    assert set(WORDS[kind]) == set(kind)


def test_every_refusal_has_a_status_and_a_sentence() -> None:
    codes = {kind.code for base in REFUSED for kind in _all_below(base)}  # type: ignore[attr-defined]
    assert codes - set(STATUSES) == set()
    assert set(SENTENCES) == set(STATUSES)


def _all_below(base: type[Exception]) -> set[type[Exception]]:
    return {base, *(deep for kind in base.__subclasses__() for deep in _all_below(kind))}


def test_no_sentence_is_counted_in_one_place_and_not_in_another() -> None:
    """A catalogue holds one entry a sentence: where it is counted, saying it plainly would lack its number."""
    said = list(messages.found())
    plain = {(message, context) for message, context in said if isinstance(message, str)}
    counted = {(message[0], context) for message, context in said if not isinstance(message, str)}
    assert plain & counted == set()
