"""A need from one sentence: “周六上午9点 2名急救员 陪护” fills the form.

It guesses, and the form shows the guess: what is not understood is left for the person, and nothing is posted from a
sentence alone.
"""

import re
from datetime import date, timedelta
from typing import Any, Final

_WEEKDAYS: Final = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_ENGLISH: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DIGITS: Final = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_AFTERNOON: Final = ("下午", "傍晚", "晚上", "晚", "pm")
_HOURS: Final = {"早上": 8, "上午": 9, "中午": 12, "下午": 14, "傍晚": 17, "晚上": 19}

#: Words people use → tag and category.
_WORDS: Final = (
    (("急救", "救护", "first aid", "first-aid"), "first_aid", "medical"),
    (("陪护", "陪伴", "陪老", "老人", "为老", "elderly"), "elderly_care", "elderly"),
    (("理发", "haircut"), "haircut", "community"),
    (("手机", "智能机", "smartphone", "phone help"), "phone_help", "digital"),
    (("法律", "律师", "legal", "lawyer"), "legal", "legal"),
    (("心理", "counsel"), "counselling", "psychology"),
    (("护士", "护理", "nurse", "nursing"), "nursing", "medical"),
    (("辅导", "作业", "tutor"), "tutoring", "education"),
    (("翻译", "translat"), "translation", "culture"),
    (("手语", "sign language"), "sign_language", "disability"),
    (("垃圾", "waste"), "waste_sorting", "environment"),
    (("交通", "traffic"), "traffic_guiding", "order"),
    (("秩序", "引导", "crowd"), "crowd_guiding", "events"),
    (("助残", "残疾", "disab"), "disability_care", "disability"),
    (("维修", "修理", "repair"), "repair", "community"),
    (("摄影", "拍照", "photo"), "photography", "culture"),
)
_PEOPLE: Final = re.compile(
    r"(\d{1,3}|[一两二三四五六七八九十])\s*(?:名|位|个人|个|人|people|persons|volunteers|x\b|(?=\s[a-z][a-z-]+s\b))"
)
_TIME: Final = re.compile(
    r"(早上|上午|中午|下午|傍晚|晚上|晚)?\s*(\d{1,2})(?:[:：](\d{2})|[点时](半|\d{1,2}分?)?)\s*(am|pm)?", re.IGNORECASE
)
_WHEN: Final = re.compile(
    r"大后天|后天|明天|今天|下?(?:个)?(?:周|星期|礼拜)[一二三四五六日天]|\d{1,2}月\d{1,2}[日号]"
    r"|[一两二三四五六七八九十]+点半?|早上|上午|中午|下午|傍晚|晚上"
    r"|\b(?:next )?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:today|tomorrow)\b"
    r"|\b\d{1,2}(?::\d\d)? ?(?:am|pm)\b",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(r"\d\s*(?:点半?|时|[:：]\d{2})?\s*(?:到|至|-|–|—|~|to)\s*", re.IGNORECASE)


def read_sentence(text: str, today: date) -> dict[str, Any]:
    """Give the form's values that `text` speaks of; days are counted from `today`."""
    low = text.lower()
    values: dict[str, Any] = {"title": _title(text, _role(text))}
    day = _day(low, today)
    if day is not None:
        values["on"] = day.isoformat()
    values |= _times(low)
    found = [(tag, category) for words, tag, category in _WORDS if any(word in low for word in words)]
    if found:
        values["category"] = found[-1][1] if len(found) > 1 else found[0][1]
        values["roles.0.needs_tags[]"] = [found[0][0]]
    people = _PEOPLE.search(low)
    if people:
        values["roles.0.min_seats"] = str(_DIGITS.get(people[1]) or int(people[1]))
    values["roles.0.name"] = _role(text)
    return values


def _day(text: str, today: date) -> date | None:
    for word, days in (("大后天", 3), ("后天", 2), ("明天", 1), ("今天", 0), ("tomorrow", 1), ("today", 0)):
        if word in text:
            return today + timedelta(days=days)
    exact = re.search(r"(\d{1,2})月(\d{1,2})[日号]", text)
    if exact:
        return _next_date(int(exact[1]), int(exact[2]), today)
    chinese = re.search(r"(下)?(?:周|星期|礼拜)([一二三四五六日天])", text)
    if chinese:
        return _next_weekday(_WEEKDAYS[chinese[2]], today, skip_week=bool(chinese[1]))
    english = re.search(r"\b(mon|tue|wed|thu|fri|sat|sun)", text)
    return None if english is None else _next_weekday(_ENGLISH.index(english[1]), today, skip_week=False)


def _next_date(month: int, day: int, today: date) -> date | None:
    try:
        found = date(today.year, month, day)
        return found if found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _next_weekday(weekday: int, today: date, *, skip_week: bool) -> date:
    if skip_week:
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _times(text: str) -> dict[str, str]:
    """Give start and end; two hours where only a start is said, the usual hour where only a part of the day is."""
    found = [_minutes(match) for match in _TIME.finditer(_spelled(text))]
    minutes = [each for each in found if each is not None]
    if not minutes:
        part = next((hour for word, hour in _HOURS.items() if word in text), None)
        minutes = [] if part is None else [part * 60]
    if not minutes:
        return {}
    start = minutes[0]
    end = minutes[1] if len(minutes) > 1 and minutes[1] != start else start + 120
    if end < start and end + 720 > start:
        end += 720
    return {"starts": _clock(start), "ends": _clock(end % 1440)}


def _spelled(text: str) -> str:
    """Write spelled hours in digits: 九点 as 9点, and 9点到11点 as two times."""
    text = re.sub(r"\b(\d{1,2}) ?(am|pm)\b", r"\1:00 \2", text)
    for word, number in _DIGITS.items():
        text = text.replace(f"{word}点", f"{number}点")
    return _RANGE.sub(lambda match: match[0] + " ", text)


def _minutes(match: re.Match[str]) -> int | None:
    part, hour, digits, spelled, half = match[1], int(match[2]), match[3], match[4], match[5]
    extra = 30 if spelled == "半" else int((digits or spelled or "0").rstrip("分") or 0)
    late = part in _AFTERNOON or (half or "").lower() == "pm"
    if late and hour < 12:  # noqa: PLR2004  noon
        hour += 12
    return hour * 60 + extra if hour < 24 and extra < 60 else None  # noqa: PLR2004  a clock


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _title(text: str, role: str) -> str:
    """Give what is left of a sentence without day, time, number of people and role; the whole where nothing is."""
    rest = text
    for pattern in (_WHEN, _TIME, _PEOPLE):
        rest = pattern.sub(",", rest)
    between = r"[,.;，。、；~–—]+|\s+-\s+" if text.isascii() else r"[\s,，。、；;:：到至~–—-]+"
    words = [word.strip() for word in re.split(between, rest) if word.strip()]
    if len(words) > 1 and words[0] == role:
        words = words[1:]
    title = " ".join(words) or text.strip()
    return (title[0].upper() + title[1:])[:120] if title else ""


def _role(text: str) -> str:
    """Give what stands after the number of people, else the last word."""
    after = _PEOPLE.search(text)
    rest = text[after.end() :] if after else text
    words = [word for word in re.split(r"[\s，,。、；;:：]+", rest) if word]
    return (words[0] if words and after else words[-1] if words else text)[:40]
