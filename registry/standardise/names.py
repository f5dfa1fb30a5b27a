"""Names: one form for display, and the readings by which a homophone, a pinyin form or a polyphonic surname is found.

Characters are read one by one from pypinyin's table, which is what a name needs (phrase readings mislead there), with
a table of surnames whose reading as a surname is another one. A name with such a surname has two readings.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import opencc
from pypinyin import Style
from pypinyin.constants import PINYIN_DICT
from pypinyin.style import convert as _style

#: Readings as a surname that differ from the commonest reading of the character.
_SURNAME_READINGS: Final = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "区": "ou", "查": "zha", "朴": "piao", "盖": "ge",
    "翟": "zhai", "乐": "yue", "覃": "qin", "冼": "xian", "召": "shao", "缪": "miao", "宓": "mi", "员": "yun",
    "种": "chong", "洗": "xian", "黑": "he", "折": "she", "逄": "pang", "佴": "nai", "谌": "chen", "牟": "mou",
    "尉": "yu", "令": "ling", "车": "che", "沈": "shen", "石": "shi", "贾": "jia", "卜": "bu", "褚": "chu",
    "臧": "zang", "晁": "chao", "那": "na", "都": "du", "干": "gan", "阚": "kan", "隗": "wei", "适": "shi",
    "重": "chong", "祭": "zhai", "柏": "bai", "薄": "bo", "费": "fei", "过": "guo", "哈": "ha", "夏": "xia",
    "纪": "ji", "燕": "yan", "应": "ying", "任": "ren", "葛": "ge", "华": "hua", "万": "wan", "丁": "ding",
}  # fmt: skip
_COMPOUND: Final = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "长孙",
        "宇文",
        "司徒",
        "司空",
        "夏侯",
        "端木",
        "轩辕",
        "闻人",
        "澹台",
        "公冶",
        "濮阳",
        "淳于",
        "单于",
        "太叔",
        "申屠",
        "仲孙",
        "钟离",
        "鲜于",
        "闾丘",
        "万俟",
        "赫连",
        "第五",
        "呼延",
        "南宫",
        "西门",
        "东郭",
        "独孤",
        "拓跋",
        "百里",
        "公羊",
    ]
)
_COMPOUND_READINGS: Final = {
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "单于": ("chan", "yu"),
    "长孙": ("zhang", "sun"),
}
_DOTS: Final = re.compile("[·•・．.‧∙⋅･●。]")
_BRACKETED: Final = re.compile(r"[(（\[【<《].*?[)）\]】>》]|[(（\[【].*$")
_TITLE: Final = re.compile("(同学|老师|女士|先生|小朋友|医生|师傅)$")
_MARKS: Final = re.compile("[\u0300-\u036f\ufe00-\ufe0f]")
_LATIN_WORD: Final = re.compile("[a-zü']+")
_FUZZY: Final = ((re.compile("^(zh|ch|sh)"), lambda m: m.group()[0]), (re.compile("^(l|r)"), lambda _: "n"))
_T2S = opencc.OpenCC("t2s")


def _simplify_table() -> dict[int, str]:
    every = "".join(chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)))
    simple = _T2S.convert(every)
    return {ord(a): b for a, b in zip(every, simple, strict=True) if a != b}


_SIMPLE: Final = _simplify_table() | {ord("乾"): "乾"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name taken apart.

    Attributes
    ----------
    text
        The standard form: simplified, half-width, no invisibles; Latin names in capitals with single spaces.
    surname, given
        "" where a name cannot be divided (a single name, or one with dots, whose first part is the given name).
    syllables
        Toneless, in order; empty when nothing could be read.
    other_syllables
        The second reading of a polyphonic surname, else empty.
    is_han
        Whether it is written in Chinese characters.
    """

    text: str
    surname: str
    given: str
    syllables: tuple[str, ...]
    other_syllables: tuple[str, ...]
    is_han: bool


def visible(text: str) -> str:
    """Give `text` in half-width form, without invisible characters, white space collapsed."""
    if text.isascii() or (text.isprintable() and unicodedata.is_normalized("NFKC", text) and not _MARKS.search(text)):
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text)
    kept = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc", "Co", "Mn"} or c in "\t\n ")
    return " ".join(kept.split())


def simplified(text: str) -> str:
    """Give `text` with traditional characters turned into simplified ones, one for one."""
    return text if text.isascii() else text.translate(_SIMPLE)


def is_han_text(text: str) -> bool:
    """Say whether most of `text` is Chinese characters."""
    han = sum("㐀" <= c <= "鿿" or c >= "\U00020000" for c in text)
    return han * 2 > len(text.replace("·", "")) if text else False


@lru_cache(maxsize=1 << 19)
def standard_name(raw: str) -> Name | None:
    """Bring a name into standard form; None when nothing of a name is there."""
    text = _BRACKETED.sub("", simplified(visible(raw))).strip(" ,，、-_*")
    if not any(c.isalpha() for c in text):
        return None
    return _han_name(text) if is_han_text(text) else _latin_name(text)


def _han_name(text: str) -> Name:
    text = _DOTS.sub("·", text.replace(" ", "")).strip("·")
    if len(text) > 3:  # noqa: PLR2004  a title is dropped only from what is longer than an ordinary name
        text = _TITLE.sub("", text)
    if "·" in text:
        plain = text.replace("·", "")
        return Name(
            text=text, surname="", given=text.split("·")[0], syllables=_read(plain), other_syllables=(), is_han=True
        )
    size = 2 if text[:2] in _COMPOUND and len(text) > 2 else 1  # noqa: PLR2004
    surname, given = (text[:size], text[size:]) if len(text) > 1 else ("", text)
    plain_reading, rest = _read(surname), _read(given)
    own = _surname_reading(surname, plain_reading)
    other = plain_reading + rest if own != plain_reading else ()
    return Name(text=text, surname=surname, given=given, syllables=own + rest, other_syllables=other, is_han=True)


def _surname_reading(surname: str, plain: tuple[str, ...]) -> tuple[str, ...]:
    if surname in _COMPOUND_READINGS:
        return _COMPOUND_READINGS[surname]
    reading = _SURNAME_READINGS.get(surname)
    return (reading,) if reading else plain


def _latin_name(text: str) -> Name:
    text = _DOTS.sub(" ", text.replace(",", " ").replace("-", " "))
    words = text.upper().split()
    syllables = tuple(s for word in words for s in pinyin_syllables(word))
    readable = bool(words) and all(pinyin_syllables(word) for word in words)
    return Name(
        text=" ".join(words),
        surname=words[0] if len(words) > 1 else "",
        given=" ".join(words[1:]) if len(words) > 1 else text.upper(),
        syllables=syllables if readable else tuple(word.lower() for word in words),
        other_syllables=(),
        is_han=False,
    )


def _read(han: str) -> tuple[str, ...]:
    return tuple(syllable(c) for c in han)


@lru_cache(maxsize=1 << 16)
def syllable(char: str) -> str:
    """Give the commonest toneless reading of a character, ü as v; the character itself when it has none."""
    readings = PINYIN_DICT.get(ord(char))
    if not readings:
        return char.lower()
    return str(_style(readings.split(",")[0], Style.NORMAL, strict=False)).replace("ü", "v")


@lru_cache(maxsize=1)
def _known_syllables() -> frozenset[str]:
    return frozenset(syllable(chr(code)) for code in range(0x4E00, 0xA000) if code in PINYIN_DICT)


@lru_cache(maxsize=1 << 16)
def pinyin_syllables(word: str) -> tuple[str, ...]:
    """Divide a Latin word into pinyin syllables, longest first; empty when it is none.

    An apostrophe divides (XI'AN). Where two divisions exist (XIAN), the one with fewer syllables is given.
    """
    parts = [part for part in _LATIN_WORD.findall(word.lower().replace("ü", "v")) for part in part.split("'") if part]
    divided = [_divide(part) for part in parts]
    return tuple(s for d in divided for s in d) if divided and all(divided) else ()


def _divide(word: str) -> tuple[str, ...]:
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    known = _known_syllables()
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            head, piece = best[start], word[start:end]
            now = best[end]
            if head is not None and piece in known and (now is None or len(head) + 1 < len(now)):
                best[end] = (*head, piece)
    return best[-1] or ()


@lru_cache(maxsize=1 << 12)
def blurred(sound: str) -> str:
    """Give a syllable with what ears and tongues confuse made equal: zh/z, ch/c, sh/s, n/l/r, ang/an, ing/in."""
    for pattern, becomes in _FUZZY:
        sound = pattern.sub(becomes, sound)
    sound = sound.removesuffix("g") if sound.endswith("ng") else sound
    return sound.replace("ue", "e").replace("v", "u")


def pinyin_key(syllables: tuple[str, ...]) -> str:
    """Give the key of a reading: sorted, so that a turned-round Latin name meets the Chinese one."""
    return " ".join(sorted(syllables))


def sort_key(name: Name) -> str:
    """Give the text by which lists are put in order, the same on every database: the reading, then the characters."""
    return (" ".join(name.syllables) + " " + name.text)[:120]
