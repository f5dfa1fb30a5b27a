"""When people say they can serve → spans of a week: (weekday from 0 = Monday, start minute, end minute), half-open.

Three notations: conventional words (工作日晚上; 周二、周四下午; 周三 14:00-17:00), the code of 7 × 3 signs
(``--- --晚 --- --晚 --- 上下- 上下-``), and days of the week joined by parts of the day in either order.
"""

import re
from functools import lru_cache
from typing import Final

from registry.standardise.names import simplified, visible

Span = tuple[int, int, int]

#: Minutes of the parts of a day.
PARTS: Final = {
    "上": (480, 720),
    "下": (780, 1080),
    "晚": (1080, 1260),
    "全": (480, 1260),
    "中": (690, 840),
    "早": (360, 540),
}
_SPOKEN: Final = {
    "上": "上午 早上",
    "早": "早晨 清晨",
    "中": "中午 午间",
    "下": "下午 课后 放学后",
    "晚": "晚上 夜间 晚间 傍晚 下班后",
    "全": "全天 整天 全日",
    "白": "白天",
}
_WORDS: Final = {word: sign for sign, words in _SPOKEN.items() for word in words.split()}
_DAYS: Final = {c: day for day, group in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for c in group}
_GROUPS: Final = (
    dict.fromkeys(("工作日", "平日", "平时"), range(5))
    | dict.fromkeys(("周末", "双休日", "休息日", "节假日"), range(5, 7))
    | dict.fromkeys(("每天", "每日", "天天"), range(7))
)
_ALWAYS: Final = {"随时", "都可以", "均可", "不限", "任何时间", "任意时间", "全部", "随时可以", "时间不限"}
_NEVER: Final = {"", "无", "暂无", "不定", "待定", "视情况", "看情况", "不固定", "-", "—", "另行通知"}
_CODE: Final = re.compile(r"[上下晚\-]{3}(\s+[上下晚\-]{3}){6}")
_CLOCK: Final = re.compile(
    r"(\d{1,2})(?:[:：点时](\d{1,2})?分?)?\s*(?:-|~|至|到|—|–)\s*(\d{1,2})(?:[:：点时](\d{1,2})?分?)?"
)
_TOKEN: Final = re.compile(
    r"(?P<group>工作日|双休日|休息日|节假日|平日|平时|周末|每天|每日|天天)"
    r"|(?:周|星期|礼拜)(?P<first>[一二三四五六日天1-7])(?:(?:至|到|-|~|—)(?:周|星期|礼拜)?(?P<last>[一二三四五六日天1-7]))?"
    r"(?P<more>(?:[、,，和及]?[一二三四五六日天](?![:：\d]))*)"
    r"|(?P<clock>\d{1,2}(?:[:：点时]\d{0,2}分?)?\s*(?:-|~|至|到|—|–)\s*\d{1,2}(?:[:：点时]\d{0,2}分?)?)"
    r"|(?P<part>上午|早上|早晨|清晨|中午|午间|下班后|放学后|下午|晚上|夜间|晚间|傍晚|全天|整天|全日|白天|课后)"
    r"|(?P<rest>.)"
)


@lru_cache(maxsize=1 << 16)
def standard_availability(raw: str) -> tuple[tuple[Span, ...], bool]:
    """Give the spans, sorted and merged, and whether the text was understood (an empty one is)."""
    text = simplified(visible(raw))
    if text in _NEVER:
        return (), True
    if text.rstrip("。.") in _ALWAYS:
        return tuple((day, *PARTS["全"]) for day in range(7)), True
    if _CODE.fullmatch(text):
        return merged([(day, *PARTS[c]) for day, group in enumerate(text.split()) for c in group if c != "-"]), True
    spans: list[Span] = []
    understood = True
    for clause in re.split(r"[;；|/。\n]", text):
        found, ok = _clause(clause)
        spans += found
        understood = understood and ok
    return merged(spans), understood and bool(spans)


def _clause(text: str) -> tuple[list[Span], bool]:
    """Read one clause: days gather until a part of the day or a clock span closes them."""
    days: list[int] = []
    times: list[tuple[int, int]] = []
    spans: list[Span] = []
    understood = True
    for token in _TOKEN.finditer(text):
        if token["part"] or token["clock"]:
            times += _part(token["part"]) if token["part"] else _clock(token["clock"])
        elif token["group"] or token["first"]:
            if times and days:
                spans += [(day, *span) for day in days for span in times]
                days, times = [], []
            days += _GROUPS[token["group"]] if token["group"] else _weekdays(token)
        elif token["rest"] not in " 、,，和及的有空可每:：以()（）":
            understood = False
    if days or times:
        spans += [(day, *span) for day in (days or range(7)) for span in (times or [PARTS["全"]])]
    return spans, understood


def _weekdays(token: re.Match[str]) -> list[int]:
    first = _DAYS[token["first"]]
    days = list(range(first, _DAYS[token["last"]] + 1)) if token["last"] else [first]
    return days + [_DAYS[c] for c in token["more"] if c in _DAYS]


def _part(word: str) -> list[tuple[int, int]]:
    sign = _WORDS[word]
    return [PARTS["上"], PARTS["下"]] if sign == "白" else [PARTS[sign]]


def _clock(text: str) -> list[tuple[int, int]]:
    found = _CLOCK.fullmatch(text)
    if not found:
        return []
    start = int(found[1]) * 60 + int(found[2] or 0)
    end = int(found[3]) * 60 + int(found[4] or 0)
    return [(start, end)] if 0 <= start < end <= 1440 else []  # noqa: PLR2004  minutes of a day


def merged(spans: list[Span]) -> tuple[Span, ...]:
    """Give the spans in order, those that touch or overlap joined."""
    result: list[Span] = []
    for day, start, end in sorted(spans):
        if result and result[-1][0] == day and start <= result[-1][2]:
            result[-1] = (day, result[-1][1], max(end, result[-1][2]))
        else:
            result.append((day, start, end))
    return tuple(result)
