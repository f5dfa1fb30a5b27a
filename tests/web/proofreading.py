"""Reads every page that a test fetches as a careful proof-reader would; what is wrong with it fails the test.

Valid HTML, one h1 that the title names, unique ids, labelled inputs, scripts with the nonce, nothing inline that the
policy forbids, forms with their token, no dead reference inside the page, and no text left in the other language.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CHINESE = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{3,}")
#: Words that stand in Chinese text as they are.
ALSO_CHINESE = {"API", "OpenAPI", "JSON", "CSV", "Excel", "XLSX", "ISO", "URL"}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


def faults(html: str, *, policy: str = "") -> list[str]:
    """Give what is wrong with a page, in the order of the checks."""
    parser = html5lib.HTMLParser(strict=False, tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root = parser.parse(html)
    found = [f"invalid HTML at {place}: {code} {facts}" for place, code, facts in parser.errors]
    parents = {child: parent for parent in root.iter() for child in parent}
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    for check in (_headings, _ids, _labels, _references, _inline, _forms, _named):
        found += check(root, elements, parents)
    found += _scripts(elements, policy)
    found += _language(root, elements, parents)
    return found


def text_of(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _headings(root: ET.Element, elements: list[ET.Element], parents: Any) -> Iterator[str]:
    headings = [text_of(each) for each in elements if each.tag == "h1"]
    title = next((text_of(each) for each in elements if each.tag == "title"), "")
    if len(headings) != 1:
        yield f"{len(headings)} h1: {headings}"
    elif headings[0] not in title:
        yield f"the h1 {headings[0]!r} is not in the title {title!r}"


def _ids(root: ET.Element, elements: list[ET.Element], parents: Any) -> Iterator[str]:
    counted = Counter(each.get("id") for each in elements if each.get("id") is not None)
    yield from (f"id {name!r} stands {count} times" for name, count in counted.items() if count > 1)
    yield from (f"id {name!r} is blank or has a space" for name in counted if not name or " " in name)


def _labels(root: ET.Element, elements: list[ET.Element], parents: dict[ET.Element, ET.Element]) -> Iterator[str]:
    targets = {each.get("for") for each in elements if each.tag == "label" and text_of(each)}
    for each in elements:
        if each.tag not in {"input", "select", "textarea"} or each.get("type") in UNLABELLED:
            continue
        wrapped = any(above.tag == "label" and text_of(above) for above in _above(each, parents))
        if not (wrapped or each.get("aria-label") or each.get("aria-labelledby") or each.get("id") in targets):
            yield f"{each.tag} {each.get('name')!r} has no label"


def _references(root: ET.Element, elements: list[ET.Element], parents: Any) -> Iterator[str]:
    ids = {each.get("id") for each in elements}
    for each in elements:
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "headers"):
            for wanted in (each.get(name) or "").split():
                if wanted not in ids:
                    yield f"{each.tag} {name}={wanted!r} leads nowhere"
        address = each.get("href") or ""
        if each.tag == "a" and address.startswith("#") and address[1:] not in ids:
            yield f"the link to {address!r} leads nowhere"


def _inline(root: ET.Element, elements: list[ET.Element], parents: Any) -> Iterator[str]:
    for each in elements:
        if each.get("style") is not None or each.tag == "style":
            yield f"{each.tag} has an inline style"
        yield from (f"{each.tag} has {name}" for name in each.keys() if name.startswith("on"))  # noqa: SIM118


def _forms(root: ET.Element, elements: list[ET.Element], parents: Any) -> Iterator[str]:
    for form in elements:
        if form.tag == "form" and (form.get("method") or "").lower() == "post":
            tokens = [each for each in form.iter("input") if each.get("name") == "csrf_token"]
            if len(tokens) != 1:
                yield f"the form to {form.get('action')!r} has {len(tokens)} tokens"


def _named(root: ET.Element, elements: list[ET.Element], parents: Any) -> Iterator[str]:
    for each in elements:
        if each.tag in {"a", "button"} and not (text_of(each) or each.get("aria-label")):
            yield f"{each.tag} {each.get('href') or each.get('name')!r} has no name"
        if each.tag == "img" and each.get("alt") is None:
            yield f"img {each.get('src')!r} has no alt"


def _scripts(elements: list[ET.Element], policy: str) -> Iterator[str]:
    match = re.search(r"'nonce-([^']+)'", policy)
    for each in elements:
        if each.tag == "script" and (match is None or each.get("nonce") != match[1]):
            yield f"script {each.get('src')!r} has not the nonce of the policy"
        if each.tag in {"script", "link", "img"}:
            address = each.get("src") or each.get("href") or ""
            if not address.startswith(("/", "data:")):
                yield f"{each.tag} is loaded from {address!r}"


def _language(root: ET.Element, elements: list[ET.Element], parents: dict[ET.Element, ET.Element]) -> Iterator[str]:
    language = next(each for each in elements if each.tag == "html").get("lang")
    if language not in {"zh-Hans", "en"}:
        yield f"the page's language is {language!r}"
        return
    for each in elements:
        if each.tag in {"script", "style"} or _is_apart(each, parents, language):
            continue
        pieces = [each.text or "", *((child.tail or "") for child in each), *(each.get(name) or "" for name in SPOKEN)]
        for piece in pieces:
            if language == "en" and CHINESE.search(piece):
                yield f"not in English: {piece.strip()!r}"
            if language == "zh-Hans" and set(LATIN.findall(piece)) - ALSO_CHINESE:
                yield f"not in Chinese: {piece.strip()!r}"


def _is_apart(element: ET.Element, parents: dict[ET.Element, ET.Element], language: str) -> bool:
    """Say whether an element holds what is not translated: code, names, words marked as another language."""
    other = "zh" if language == "en" else "en"
    return any(
        each.tag in {"code", "pre", "textarea"}
        or (each.tag != "html" and (each.get("lang") or "").startswith(other))
        or (language != "en" and each.get("translate") == "no")
        for each in (element, *_above(element, parents))
    )


def _above(element: ET.Element, parents: dict[ET.Element, ET.Element]) -> Iterator[ET.Element]:
    while element in parents:
        element = parents[element]
        yield element


class ProofReadingClient(FlaskClient):
    """A test client that reads what it fetches, and sends forms with their token."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code != 302 and response.text:
            found = faults(response.text, policy=response.headers.get("Content-Security-Policy", ""))
            assert found == [], f"{response.request.path}: {found}"
        return response

    def send(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Post a form as a browser would, with the token of this session."""
        with self.session_transaction() as session:
            known = session.get("csrf_token")
        if known is None:
            super().open("/sign-in")
        page = super().open("/how-we-match").text
        match = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert match is not None
        return self.post(path, data={"csrf_token": match[1], **(data or {})}, **kwargs)
