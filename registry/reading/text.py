"""Delimited text: encoding by strict trial and common characters, delimiter by counting, lines of bounded length."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from registry.reading import Limits, Line, Table
from registry.refusals import FileTooLarge, FileUnreadable

_SAMPLE: Final = 1 << 20
#: Of each sample, the bytes by which two encodings are weighed against each other.
_SCORED: Final = 1 << 16
_DELIMITERS: Final = (",", "\t", ";", "|", "，")
#: Characters that nearly every Chinese table has; what a wrong encoding makes of the bytes has few of them.
_COMMON: Final = frozenset(
    "的一是不了人在有我他这中大来上个国年月日姓名性别男女电话手机号码出生证件区街道路弄室地址服务时间志愿者编注册学校学历专业"
)
_COMMON_TRADITIONAL: Final = frozenset("電話號碼證件區學歷專業務時間編註冊愿願別")
_LONGEST_QUOTED: Final = 20
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def open_text(path: Path, limits: Limits) -> Table:
    """Open delimited text."""
    encoding = detect_encoding(path)
    delimiter = _delimiter(path, encoding, limits)
    lines = _lines(path, encoding, delimiter, limits)
    return Table(lines=lines, encoding=encoding, delimiter=delimiter, limits=limits)


def surely_sound(path: Path, table: Table) -> bool:
    """Say whether a glance at the bytes shows that no line breaks a limit; False means to look closer."""
    if table.encoding is None or table.delimiter is None or table.encoding == "utf-16":
        return False
    mark, rest = table.delimiter.encode(table.encoding.removesuffix("-sig")), b""
    most = table.limits.columns // (_LONGEST_QUOTED + 1) - 1  # a quoted row is so many lines at most
    with path.open("rb") as file:
        while piece := file.read(_SAMPLE):
            *lines, rest = (rest + piece).split(b"\n")
            if b"\0" in piece or len(rest) > table.limits.line_bytes:
                return False
            if any(len(line) > table.limits.line_bytes or line.count(mark) > most for line in lines):
                return False
    return rest.count(mark) <= most


def detect_encoding(path: Path) -> str:
    """Say how a text file is encoded: a byte order mark, else strict UTF-8, else GB18030 or Big5 by common characters.

    GB18030 accepts nearly every sequence of Big5's bytes, so validity alone does not decide between them.
    """
    samples = _samples(path)
    for mark, name in _BOMS:
        if samples[0].startswith(mark):
            return name
    if any(b"\0" in sample for sample in samples):
        raise FileUnreadable(reason="binary")
    if all(_decodes(sample, "utf-8") for sample in samples):
        return "utf-8"
    scores = {name: _score(samples, name) for name in ("gb18030", "big5")}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] <= 0:
        raise FileUnreadable(reason="unknown_encoding")
    return best


def _samples(path: Path) -> list[bytes]:
    """Give pieces from the beginning, the middle and the end, cut at ends of lines."""
    size = path.stat().st_size
    samples = []
    with path.open("rb") as file:
        for place in sorted({0, max(0, size // 2), max(0, size - _SAMPLE)} if size > _SAMPLE else {0}):
            file.seek(place)
            piece = file.read(_SAMPLE)
            if place:
                piece = piece[piece.find(b"\n") + 1 :]
            if place + _SAMPLE < size:
                piece = piece[: piece.rfind(b"\n") + 1] or piece
            samples.append(piece)
    return samples


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start > len(sample) - 4 and len(sample) >= _SAMPLE
    return True


def _score(samples: list[bytes], encoding: str) -> float:
    """Give how much a decoding looks like a Chinese table: common characters less undecodable bytes, per character."""
    text = "".join(sample[:_SCORED].decode(encoding, errors="replace") for sample in samples)
    wide = [c for c in text if c > "\x7f"]
    if not wide:
        return 0.0
    common = sum(c in _COMMON or c in _COMMON_TRADITIONAL for c in wide)
    return (common - 10 * text.count("�") + 0.001) / len(wide)


def _delimiter(path: Path, encoding: str, limits: Limits) -> str:
    """Take the delimiter that the first lines have most evenly."""
    lines = []
    for _, line in _physical_lines(path, encoding, limits):
        if line.strip():
            lines.append(line)
        if len(lines) == 20:  # noqa: PLR2004
            break
    if not lines:
        raise FileUnreadable(reason="empty")

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=counts.count)
        return (counts.count(usual) * min(usual, 1), usual)

    return max(_DELIMITERS, key=evenness)


def _physical_lines(path: Path, encoding: str, limits: Limits) -> Iterator[tuple[int, str]]:
    """Give numbered lines, decoded one by one; a byte that does not decode becomes U+FFFD."""
    if encoding == "utf-16":
        yield from _wide_lines(path, limits)
        return
    number, rest = 0, b""
    with path.open("rb") as file:
        if encoding == "utf-8-sig":
            file.read(3)
        while piece := file.read(_SAMPLE):
            if len(rest) + len(piece) > limits.line_bytes + 2 * _SAMPLE or b"\0" in piece:
                raise _too_long(limits) if b"\0" not in piece else FileUnreadable(reason="binary")
            *whole, rest = (rest + piece).replace(b"\r\n", b"\n").split(b"\n")
            text = b"\n".join(whole).decode(encoding.removesuffix("-sig"), errors="replace") if whole else ""
            for line in text.split("\n") if whole else ():
                number += 1
                yield number, line
            if len(rest) > limits.line_bytes:
                raise _too_long(limits)
    if rest:
        yield number + 1, rest.decode(encoding.removesuffix("-sig"), errors="replace").rstrip("\r")


def _wide_lines(path: Path, limits: Limits) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-16", errors="replace", newline=None) as file:
        number = 0
        while line := file.readline(limits.line_bytes):
            number += 1
            if len(line) >= limits.line_bytes:
                raise _too_long(limits)
            yield number, line.rstrip("\n")


def _too_long(limits: Limits) -> FileTooLarge:
    return FileTooLarge(what="line", limit=limits.line_bytes)


def _lines(path: Path, encoding: str, delimiter: str, limits: Limits) -> Iterator[Line]:
    """Split lines into cells. A quote that never closes within twenty lines is taken as a character, not as a quote."""
    source = _physical_lines(path, encoding, limits)
    held: list[tuple[int, str]] = []
    while True:
        number, line = held.pop(0) if held else next(source, (0, ""))
        if not number:
            return
        if '"' not in line:
            cells = line.split(delimiter)
        else:
            cells, held = _quoted(line, delimiter, source, held)
        if len(cells) > limits.columns:
            raise FileTooLarge(what="columns", limit=limits.columns)
        if line.replace(delimiter, "").strip():
            yield Line(sheet=None, number=number, cells=cells)


def _quoted(
    line: str, delimiter: str, source: Iterator[tuple[int, str]], held: list[tuple[int, str]]
) -> tuple[list[str], list[tuple[int, str]]]:
    taken: list[tuple[int, str]] = []
    whole = line
    while whole.count('"') % 2 and len(taken) < _LONGEST_QUOTED:
        following = held.pop(0) if held else next(source, None)
        if following is None:
            break
        taken.append(following)
        whole += "\n" + following[1]
    if whole.count('"') % 2:
        return line.split(delimiter), taken + held
    return next(csv.reader([whole], delimiter=delimiter), []) if "\n" not in whole else _parse(whole, delimiter), held


def _parse(whole: str, delimiter: str) -> list[str]:
    return next(csv.reader(whole.splitlines(keepends=True), delimiter=delimiter), [])
