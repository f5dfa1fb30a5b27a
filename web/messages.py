"""The catalogues of sentences: ``python -m web.messages compile|update|check``.

English is in the code; ``zh_Hans_CN`` is in ``translations/``. *update* gathers new sentences and drops those that are
gone, *check* says what is not translated, *compile* makes what the service reads.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE: Final = Path(__file__).resolve().parent
TRANSLATIONS: Final = HERE / "translations"
LOCALE: Final = "zh_Hans_CN"
CATALOGUE: Final = TRANSLATIONS / LOCALE / "LC_MESSAGES" / "messages.po"

_METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS: Final = {"**.html": {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}}
_KEYWORDS: Final[dict[str, Any]] = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "_lp": ((1, "c"), 2),
    "lazy_gettext": None,
    "lazy_pgettext": ((1, "c"), 2),
}


def found() -> Iterator[tuple[Any, str | None]]:
    """Give every sentence of the code and the templates as it stands there: singular and plural as a pair, context."""
    places = extract_from_dir(
        HERE, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, comment_tags=(), strip_comment_tags=False
    )
    for _file, _line, message, _comments, context in sorted(places, key=lambda each: (each[0], each[1])):
        yield message, context


def gather() -> Catalog:
    """Gather every sentence of the code and the templates."""
    catalogue = Catalog(locale=LOCALE, project="linli", charset="utf-8")
    for message, context in found():
        catalogue.add(message, context=context)
    return catalogue


def read() -> Catalog:
    """Read the catalogue as it was translated."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale=LOCALE)


def update() -> int:
    """Gather new sentences into the catalogue."""
    catalogue = read() if CATALOGUE.exists() else Catalog(locale=LOCALE)
    catalogue.update(gather(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, no_location=True, omit_header=False, sort_output=True, width=120)
    return check()


def faults() -> Iterator[str]:
    """Give what keeps the catalogue from being complete, one line a sentence."""
    kept = {(message.context, message.id): message for message in read() if message.id}
    wanted = {(message.context, message.id) for message in gather() if message.id}
    for key in sorted(wanted, key=str):
        message = kept.get(key)
        if message is None:
            yield f"not gathered: {key[1]!r}"
        elif not _is_translated(message):
            yield f"not translated: {key[1]!r}"
    yield from (f"no longer used: {key[1]!r}" for key in sorted(set(kept) - wanted, key=str))


def check() -> int:
    """Print what is missing; the exit status is 1 when anything is."""
    lines = list(faults())
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


def compile_all() -> int:
    """Make the files that the service reads."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    return 0


def _is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return all(texts) and not message.fuzzy


_COMMANDS: Final[dict[str, Callable[[], int]]] = {"compile": compile_all, "update": update, "check": check}


def main(arguments: list[str]) -> int:
    """Run one command; 2 for a wrong use."""
    if len(arguments) != 1 or arguments[0] not in _COMMANDS:
        sys.stderr.write(f"{__doc__.splitlines()[0]}\n")
        return 2
    return _COMMANDS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
