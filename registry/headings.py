"""What a file is and what its columns mean, guessed from its headings and from what stands below them.

A guess is shown to a steward, who corrects it; nothing is read through a guess that nobody saw.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from registry.mappings import FeedMapping, heading_key
from registry.reading import Line, Table, open_table
from registry.refusals import HeadingsNotFound
from registry.rows import MEND
from registry.standardise.availability import standard_availability
from registry.standardise.dates import standard_date
from registry.standardise.names import visible
from registry.standardise.numbers import standard_id, standard_telephone

#: Headings that agencies use besides those of the mappings that ship.
SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "external_id": ("编号", "会员编号", "志愿者号", "人员编号", "档案号", "工号", "id", "volunteer id", "member no"),
    "name": ("名字", "志愿者姓名", "学生姓名", "name", "full name"),
    "gender": ("sex", "男女"),
    "id_number": ("身份证", "身份证号码", "公民身份号码", "证件号码", "id number", "id card"),
    "id_kind": ("证件种类",),
    "telephone": ("手机", "手机号", "联系方式", "移动电话", "本人电话", "phone", "mobile", "telephone"),
    "email": ("邮箱", "电子邮件", "e-mail", "email"),
    "born_on": ("生日", "出生年月日", "birthday", "date of birth"),
    "address": ("地址", "住址", "联系地址", "居住地址", "家庭地址", "address"),
    "district": ("区", "区县", "所属区", "district"),
    "street": ("街道", "街镇", "所属街道"),
    "neighbourhood": ("居委", "居委会", "社区", "所属社区", "村居"),
    "residence": ("居住地", "居住地代码"),
    "skills": ("技能", "特长", "专长", "skills"),
    "categories": ("服务类型", "意愿", "志愿服务意向"),
    "qualifications": ("资格证书", "专业资格"),
    "availability": ("服务时间", "空闲时间", "可用时间", "时间意向", "availability"),
    "hours": ("服务时长", "时长", "累计时长", "志愿时长", "hours", "service hours"),
    "registered_on": ("注册日期", "登记日期", "入队时间", "registered"),
    "workplace": ("单位", "工作单位", "学校", "所在学校", "employer", "school"),
    "department": ("部门", "院系", "专业", "班级"),
    "guardian_name": ("家长姓名", "监护人"),
    "guardian_telephone": ("家长电话", "家长手机", "监护人手机"),
    "guardian_consent": ("监护人同意",),
    "political_status": ("政治面目",),
    "education_level": ("文化程度",),
    "occupation": ("职业",),
    "grade": ("年级",),
    "team": ("队伍", "志愿队", "所属团队"),
}
_LOOKED_AT: Final = 200
_HEADER_WITHIN: Final = 20
_SAMPLES: Final = 3
_LEAST_KNOWN: Final = 2
_MOST: Final = 0.6
_MOBILE: Final = re.compile(r"1\d{10}")
_FIT: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundColumn:
    """One column: `field` is the guess, "ignored" for none; `because` says from what: mapping, heading, content, none.

    `samples` are the first values that stand in it, as they stand.
    """

    number: int
    heading: str
    field: str
    because: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """What a file is. `fit` is the share of headings that the mapping of `source` and the file have in common."""

    encoding: str | None
    delimiter: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    header_line: int
    source: str | None
    fit: float
    columns: tuple[FoundColumn, ...]


def found_file(path: Path, mappings: Mapping[str, FeedMapping], *, source: str | None = None) -> FoundFile:
    """Say what a file is.

    Parameters
    ----------
    mappings
        The mappings in force, by source.
    source
        Whose file it is; guessed from the headings when absent.

    Raises
    ------
    FileUnreadable, FileTooLarge, HeadingsNotFound
    """
    table = open_table(path)
    vocabulary = _vocabulary(mappings.values())
    header, below = _header(table, vocabulary)
    headings = [cell.strip() for cell in header.cells]
    fits = {code: fit_of(mapping, headings) for code, mapping in mappings.items()}
    likely = max(fits, key=lambda code: fits[code], default=None)
    chosen = source or (likely if likely is not None and fits[likely] >= _FIT else None)
    return FoundFile(
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheets=table.sheets,
        sheet=header.sheet,
        header_line=header.number,
        source=chosen,
        fit=fits.get(chosen or "", 0.0),
        columns=_columns(headings, below, mappings.get(chosen or ""), vocabulary),
    )


def fit_of(mapping: FeedMapping, headings: Iterable[str]) -> float:
    """Give the share of headings that a mapping and a file have in common."""
    keys = {heading_key(heading) for heading in headings if heading.strip()} - {heading_key(MEND)}
    wanted = {heading_key(heading) for heading in mapping.columns}
    return len(keys & wanted) / max(len(keys), len(wanted), 1)


def _vocabulary(mappings: Iterable[FeedMapping]) -> dict[str, str]:
    known = {heading_key(heading): field for field, headings in SYNONYMS.items() for heading in headings}
    for mapping in mappings:
        known |= {heading_key(heading): field for heading, field in mapping.columns.items() if field != "ignored"}
    return known


def _header(table: Table, vocabulary: Mapping[str, str]) -> tuple[Line, list[list[str]]]:
    """Find the header row: of the first rows of a sheet, the one with the most headings that are known."""
    first: list[Line] = []
    for line in table.lines:
        if first and line.sheet != first[0].sheet:
            if _best(first, vocabulary):
                break
            first = []
        first.append(line)
        if len(first) >= _LOOKED_AT and _best(first, vocabulary):
            break
        first = first[:_LOOKED_AT]
    header = _best(first, vocabulary)
    if header is None:
        raise HeadingsNotFound(sheet=first[0].sheet if first else None, missing=[])
    return header, [line.cells for line in first if line.number > header.number]


def _best(lines: list[Line], vocabulary: Mapping[str, str]) -> Line | None:
    def known(line: Line) -> int:
        return sum(heading_key(cell) in vocabulary for cell in line.cells)

    best = max(lines[:_HEADER_WITHIN], key=known, default=None)
    if best is not None and known(best) >= _LEAST_KNOWN:
        return best
    return next((line for line in lines[:_HEADER_WITHIN] if _like_headings(line.cells)), None)


def _like_headings(cells: list[str]) -> bool:
    """Say whether a row of unknown words may be headings: several, all different, no long numbers among them."""
    words = [cell.strip() for cell in cells if cell.strip()]
    return len(words) > _LEAST_KNOWN and len(set(words)) == len(words) and not re.search(r"\d{5}", "".join(words))


def _columns(
    headings: list[str], below: list[list[str]], mapping: FeedMapping | None, vocabulary: Mapping[str, str]
) -> tuple[FoundColumn, ...]:
    values = [[row[k].strip() for row in below if k < len(row) and row[k].strip()] for k in range(len(headings))]
    taken: set[str] = set()
    guessed: dict[int, tuple[str, str]] = {}

    def take(number: int, field: str | None, because: str) -> None:
        if field and number not in guessed and (field == "ignored" or field not in taken):
            taken.add(field)
            guessed[number] = field, because

    for k, heading in enumerate(headings):
        take(k, mapping.field_of(heading) if mapping else None, "mapping")
        take(k, "ignored" if heading_key(heading) == heading_key(MEND) else None, "none")
    for k, heading in enumerate(headings):
        take(k, vocabulary.get(heading_key(heading)), "heading")
    for k in range(len(headings)):
        if k not in guessed:
            take(k, field_by_content(values[k], taken), "content")
    return tuple(
        FoundColumn(number=k, heading=heading, field=field, because=because, samples=tuple(values[k][:_SAMPLES]))
        for k, heading in enumerate(headings)
        if heading
        for field, because in [guessed.get(k, ("ignored", "none"))]
    )


def field_by_content(values: list[str], taken: Iterable[str] = ()) -> str | None:
    """Guess what a column holds by what stands in it; a field in `taken` is not given again."""
    if not values:
        return None
    for field, fits in _TESTS.items():
        if field not in taken and sum(map(fits, values)) > _MOST * len(values):
            distinct = len(set(values)) / len(values)
            if field not in _DISTINCT or distinct > _MOST:
                return field
    return None


def _is_id(text: str) -> bool:
    number = standard_id(text)
    return bool((number.whole and number.is_citizen) or number.masked or number.faulty)


def _is_telephone(text: str) -> bool:
    return bool(_MOBILE.fullmatch(standard_telephone(text).number))


def _year(text: str) -> int | None:
    iso = standard_date(text).iso if not text.isdecimal() or len(text) == 8 else ""  # noqa: PLR2004
    return int(iso[:4]) if iso else None


def _is_early(text: str) -> bool:
    year = _year(text)
    return year is not None and year < 2014  # noqa: PLR2004  registration systems are younger than most who serve


_TESTS: Final[dict[str, Callable[[str], bool]]] = {
    "id_number": _is_id,
    "telephone": _is_telephone,
    "email": lambda text: bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", text)),
    "gender": lambda text: text.lower() in {"男", "女", "m", "f", "male", "female", "男性", "女性"},
    "born_on": _is_early,
    "registered_on": lambda text: _year(text) is not None,
    "availability": lambda text: bool(standard_availability(text)[0]),
    "address": lambda text: bool(re.search(r"[路街弄巷村号室楼]", text) and re.search(r"\d", text)),
    "name": lambda text: bool(
        re.fullmatch(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]+[·•．][\u3400-\u9fff]+", visible(text))
    ),
    "external_id": lambda text: bool(re.fullmatch(r"[A-Za-z]{0,6}[-_]?\d{3,16}", text)),
    "hours": lambda text: bool(re.fullmatch(r"\d{1,5}\.\d{1,2}", text)),
}
_DISTINCT: Final = frozenset({"id_number", "telephone", "email", "name", "external_id", "address"})
