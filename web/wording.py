"""What templates need to say codes and to show what people typed."""

from enum import StrEnum

from flask import Flask
from markupsafe import Markup

from web.texts.states import state_name, state_tone
from web.texts.taxonomy import category_name, source_name, tag_name


def verbatim(text: object) -> Markup:
    """Show what a person or an agency wrote: not translated, and read aloud as Chinese when it is (WCAG 3.1.2)."""
    said = "" if text is None else str(text)
    if any("\u3400" <= character <= "\u9fff" for character in said):
        return Markup('<span lang="zh-Hans" translate="no">{}</span>').format(said)
    return Markup('<span translate="no">{}</span>').format(said)


def word(state: StrEnum | None) -> str:
    """Name a state or kind; — for none."""
    return "—" if state is None else state_name(state)


def write_words(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(
        verbatim=verbatim, word=word, tone=state_tone, tag=tag_name, category=category_name, source=source_name
    )
