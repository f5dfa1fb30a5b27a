"""Labels of skills, certificates, categories and statuses → codes, by the tables of ``aliases.toml``."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Final

from models.taxonomy import CATEGORIES, CERTIFICATES, SKILLS
from registry.standardise.names import simplified, visible

_SPLIT: Final = re.compile(r"[、;；,，/|＋+\n]+|\s{2,}|和(?=.{2})")
_ENDINGS: Final = ("志愿服务", "志愿者", "服务", "技能", "特长", "爱好", "类", "能力", "专长", "证书", "工作")
#: Ends of addresses and numbers, with which no word for nothing ends.
_SOMETHING: Final = frozenset("0123456789室号弄楼")
_NOTHING: Final = frozenset({"", "无", "暂无", "没有", "未填", "null", "none", "nan", "-", "—", "/", "n/a", "不详"})


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("aliases.toml").open("rb") as file:
        data = tomllib.load(file)
    tables = {
        kind: {_key(word): code for code, words in table.items() for word in words} for kind, table in data.items()
    }
    for kind, codes in (("skills", SKILLS), ("certificates", CERTIFICATES), ("categories", CATEGORIES)):
        tables[kind] |= {code: code for code in codes}
    return tables


def _key(label: str) -> str:
    return simplified(visible(label)).replace(" ", "").lower()


@lru_cache(maxsize=1 << 16)
def code_of(kind: str, label: str) -> str | None:
    """Give the code of one label in the table `kind`, or None."""
    table = _tables()[kind]
    key = _key(label)
    if key in table:
        return table[key]
    for ending in _ENDINGS:
        if key.endswith(ending) and key.removesuffix(ending) in table:
            return table[key.removesuffix(ending)]
    return None


@lru_cache(maxsize=1 << 16)
def codes_of(kinds: tuple[str, ...], text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the codes of the labels in `text`, sorted and distinct, and the labels that no table of `kinds` knows."""
    known: set[str] = set()
    unknown: list[str] = []
    for part in _SPLIT.split(visible(text)):
        label = part.strip(" 。.()（）[]【】")
        if label.lower() in _NOTHING:
            continue
        code = next((found for kind in kinds if (found := code_of(kind, label))), None)
        if code:
            known.add(code)
        else:
            unknown.append(label)
    return tuple(sorted(known)), tuple(unknown)


def is_nothing(text: str) -> bool:
    """Say whether a cell says that there is nothing to say."""
    return text[-1:] not in _SOMETHING and _key(text) in _NOTHING


def is_yes(text: str) -> bool | None:
    """Read 是/否 and their likes; None when the cell says neither."""
    key = _key(text)
    if key in {"是", "y", "yes", "true", "1", "同意", "已同意", "√", "✓", "有", "1.0"}:
        return True
    return False if key in {"否", "n", "no", "false", "0", "不同意", "未同意", "×", "✗", "0.0"} else None
