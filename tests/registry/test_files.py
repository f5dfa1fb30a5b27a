"""Files as people make them, and as attackers do."""

import zipfile

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from models import Person, SourceRecord
from models.authority import SYSTEM
from registry.consolidate import consolidate
from registry.intake import import_file
from registry.mappings import guess_mapping, mapping_for, mapping_from, shipped
from registry.marking import harmless
from registry.mended import file_to_mend
from registry.preview import impact
from registry.reading import Limits, open_table
from registry.refusals import FileTooLarge, FileUnreadable, HeadingsNotFound, MappingUnsound, NoSuchMapping
from tests.registry.files import CIVILISATION, civilisation_row, number, written

EDUCATION = [
    "学号",
    "姓名",
    "性别",
    "出生日期",
    "年级",
    "班级",
    "监护人姓名",
    "监护人电话",
    "学生电话",
    "家庭住址",
    "兴趣特长",
    "志愿服务时长",
    "家长同意",
]
YOUTH = [
    "注册号",
    "真实姓名",
    "性别",
    "身份证号",
    "联系电话",
    "出生年月",
    "学校/单位",
    "院系/部门",
    "团员身份",
    "技能标签",
    "空闲时段",
    "信用时数",
    "所在区",
    "入会时间",
]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "big5"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encoding_and_delimiter_are_found(tmp_path, encoding, delimiter):
    path = written(
        tmp_path / "f.csv", CIVILISATION, [civilisation_row(1, "周建国", 证件号码=number("1980-05-06", 11))] * 3
    )
    text = path.read_bytes().decode().replace(",", delimiter)
    if encoding == "big5":
        text = "".join(c for c in text if c.encode("big5", "ignore"))
    path.write_bytes(text.encode(encoding))
    table = open_table(path)
    lines = list(table.lines)
    assert (table.encoding, table.delimiter, len(lines)) == (encoding, delimiter, 4)
    assert [len(line.cells) for line in lines] == [20, 20, 20, 20]


def test_quoted_cells_may_hold_lines_and_a_stray_quote_costs_one_row(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text('a,b\n"1\n2",x\n3,"y\n' + "4,z\n" * 30, encoding="utf-8")
    lines = list(open_table(path).lines)
    assert lines[1].cells == ["1\n2", "x"]
    assert lines[2].cells == ["3", '"y']
    assert len(lines) == 33


def test_two_workbooks_as_agencies_make_them(session, now, tmp_path):
    book = Workbook()
    for name, rows in (
        (
            "第一中学",
            [["S1", "周小宝", "男", "2014-03-04", "初一", "1", "周建国", "10100000001", "", "", "书法", 3, "否"]],
        ),
        (
            "第二中学",
            [["S2", "周大宝", "男", "2009-03-04", "高二", "2", "周建国", "10100000001", "", "", "英语", 4, "是"]],
        ),
    ):
        sheet = book.create_sheet(name)
        sheet.append(EDUCATION)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(tmp_path / "education.xlsx")
    league = Workbook()
    sheet = league.active
    sheet.title = "志愿者名册"
    sheet.append(["青年志愿者名册"])
    sheet.merge_cells("A1:N1")
    sheet.append(YOUTH)
    sheet.append(
        [
            "Y1",
            "周大宝",
            "男",
            "990000********0017",
            10100000007.0,
            "2009-03",
            "第二中学",
            "",
            "是",
            "英语",
            "--- --晚 --- --- --- 上下- ---",
            5,
            "黄浦区",
            "2024-09-01",
        ]
    )
    league.save(tmp_path / "youth.xlsx")
    first = import_file(session, SYSTEM, source="education", path=tmp_path / "education.xlsx", now=now)
    second = import_file(session, SYSTEM, source="youth_league", path=tmp_path / "youth.xlsx", now=now)
    assert (first.sheets, first.new, second.new) == (("第一中学", "第二中学"), 2, 1)
    consolidate(session, SYSTEM, now=now)
    people = session.execute(
        select(Person.name, Person.workplace, Person.held_back, Person.is_student).order_by(Person.id)
    ).all()
    assert people[0] == ("周小宝", "第一中学", True, True)
    assert people[1] == ("周大宝", "第二中学", False, True)


def test_the_mapping_is_guessed_from_the_headings():
    (best, *_) = guess_mapping(CIVILISATION.split(","))
    assert (best.source, best.share, best.missing) == ("civilisation", 1.0, ())
    assert guess_mapping(["no", "such"]) == ()
    assert sorted(shipped()) == [
        "civil_affairs",
        "civilisation",
        "education",
        "red_cross",
        "self_service",
        "youth_league",
    ]


def test_an_unsound_mapping_is_refused_with_its_faults():
    with pytest.raises(MappingUnsound) as refusal:
        mapping_from({"source": "x", "columns": {"a": "nonsense", "b": "name", "c": "name"}})
    assert refusal.value.parameters["faults"] == [
        "unknown field nonsense",
        "field name used twice",
        "field external_id is missing",
    ]
    with pytest.raises(NoSuchMapping):
        mapping_for("nobody")


def test_a_file_of_another_kind_is_refused(session, now, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(HeadingsNotFound):
        import_file(session, SYSTEM, source="civilisation", path=other, now=now)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02" * 99, "binary"),
        (b"PK\x03\x04junk", "damaged_workbook"),
        (b"\xd0\xcf\x11\xe0", "old_workbook"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, reason):
    path = tmp_path / "f"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable) as refusal:
        list(open_table(path).lines)
    assert refusal.value.parameters == {"reason": reason}


def test_an_endless_line_is_refused(tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" + b"x" * (5 << 20))
    with pytest.raises(FileTooLarge) as refusal:
        list(open_table(path).lines)
    assert refusal.value.parameters["what"] == "line"


def test_a_million_columns_are_refused(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_bytes(b"," * 900_000 + b"\n")
    with pytest.raises(FileTooLarge):
        list(open_table(path).lines)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    with pytest.raises(FileTooLarge) as refusal:
        open_table(path)
    assert refusal.value.parameters["what"] == "unpacked_ratio"


def test_a_cell_far_away_is_refused(tmp_path):
    book = Workbook()
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(FileTooLarge) as refusal:
        open_table(tmp_path / "far.xlsx", limits=Limits(columns=20_000))
    assert refusal.value.parameters["what"] == "cells"


def test_the_mended_file_imports_and_nothing_else_is_gone(session, now, tmp_path):
    rows = [
        civilisation_row(1, "周建国", 手机号码="10100000001"),
        civilisation_row(2, "", 手机号码="=1+1"),
        civilisation_row(3, "钱敏", 手机号码="12"),
    ]
    report = import_file(
        session, SYSTEM, source="civilisation", path=written(tmp_path / "c.csv", CIVILISATION, rows), now=now
    )
    assert dict(report.issue_counts) == {"name_missing": 1, "telephone_unreadable": 1}
    content = b"".join(file_to_mend(session, SYSTEM, batch_id=report.batch_id)).decode("utf-8-sig")
    header, *lines = content.split("\r\n")
    assert header == CIVILISATION + ",需修改"
    assert [line.split(",")[-1] for line in lines if line] == ["name: name_missing", "telephone: telephone_unreadable"]
    mended = tmp_path / "mended.csv"
    mended.write_text(
        content.replace("SH0000000002,,", "SH0000000002,孙丽,").replace("'=1+1", "10100000002"), encoding="utf-8-sig"
    )
    again = import_file(session, SYSTEM, source="civilisation", path=mended, now=now)
    assert (again.new, again.changed, again.gone, again.quarantined) == (1, 0, 0, 0)


def test_formulas_are_made_harmless():
    assert [harmless(cell) for cell in ("=cmd()", "+86 101 0000 0001", "-5", "@x", "周")] == [
        "'=cmd()",
        "+86 101 0000 0001",
        "-5",
        "'@x",
        "周",
    ]


def test_a_preview_counts_and_writes_nothing(session, now, tmp_path):
    first = written(
        tmp_path / "a.csv", CIVILISATION, [civilisation_row(1, "周建国", 证件号码=number("1980-05-06", 11))]
    )
    import_file(session, SYSTEM, source="civilisation", path=first, now=now)
    second = written(
        tmp_path / "b.csv",
        CIVILISATION,
        [
            civilisation_row(1, "周建国", 证件号码=number("1980-05-06", 11)),
            civilisation_row(2, "周建国", 证件号码=number("1980-05-06", 11)),
            civilisation_row(3, "钱敏"),
        ],
    )
    found = impact(session, SYSTEM, source="civilisation", path=second, now=now)
    assert (found.intake.new, found.intake.unchanged, found.will_link, found.persons_new) == (2, 1, 1, 1)
    assert session.scalar(select(func.count()).select_from(SourceRecord)) == 1
    assert session.scalar(select(func.count()).select_from(Person)) == 0
