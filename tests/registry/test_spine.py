"""A row becomes a person: intake, consolidation, links; again, changed, gone."""

from sqlalchemy import func, select

from models import LinkQueue, Person, PersonFree, PersonLike, PersonLink, PersonTag, RowIssue, SourceRecord
from models.authority import SYSTEM
from models.source import RecordState
from registry.consolidate import consolidate
from registry.intake import import_file
from registry.links import links
from tests.registry.files import CIVILISATION, RED_CROSS, civilisation_row, number, red_cross_row, written


def two_agencies(tmp_path):
    civil = written(
        tmp_path / "civilisation.csv",
        CIVILISATION,
        [
            civilisation_row(
                1,
                "张伟",
                证件号码=number("1980-05-06", 11),
                手机号码="10100000001",
                可服务时间="周末全天",
                专业特长="英语、急救",
            ),
            civilisation_row(2, "李娜", 证件号码=number("1990-05-06", 22), 手机号码="10100000002", 服务意向="助残"),
            "合计,2",
            "",
            CIVILISATION,
            "SH0000000003,王",
        ],
        "gb18030",
    )
    cross = written(
        tmp_path / "red_cross.csv",
        RED_CROSS,
        [
            red_cross_row(1, "張 偉", 证件号=number("1980-05-06", 11), 证书类型="救护员证", 有效期至="2027-01-01"),
            red_cross_row(1, "張 偉", 证件号=number("1980-05-06", 11), 证书类型="心理救援", 有效期至="2028-01-01"),
            red_cross_row(2, "赵敏", 电话="10100000009"),
        ],
        "utf-8-sig",
    )
    return civil, cross


def test_two_files_become_three_persons(session, now, tmp_path):
    civil, cross = two_agencies(tmp_path)
    first = import_file(session, SYSTEM, source="civilisation", path=civil, now=now)
    second = import_file(session, SYSTEM, source="red_cross", path=cross, now=now)
    assert (first.encoding, first.delimiter) == ("gb18030", ",")
    assert (first.rows, first.new, first.quarantined) == (5, 2, 3)
    assert first.issue_counts == (("total_row", 1), ("repeated_header", 1), ("too_few_columns", 1))
    assert [problem.line_number for problem in first.issues] == [4, 6, 7]
    assert (second.rows, second.new, second.gathered) == (3, 2, 1)
    report = consolidate(session, SYSTEM, now=now)
    assert (report.records, report.persons_new) == (4, 3)
    assert list(links(session)) == [
        ("civilisation", "SH0000000001", "P000000001"),
        ("civilisation", "SH0000000002", "P000000002"),
        ("red_cross", "RC1", "P000000001"),
        ("red_cross", "RC2", "P000000003"),
    ]
    person = session.get(Person, 1)
    assert (person.name, person.gender, person.unit_code) == ("张伟", "1", "310101002")
    tags = session.execute(select(PersonTag.tag, PersonTag.valid_until).where(PersonTag.person_id == 1)).all()
    assert {tag: str(until) if until else None for tag, until in tags} == {
        "english": None,
        "first_aid": "2027-01-01",
        "first_aid_training": "2027-01-01",
        "psychological_rescue": "2028-01-01",
        "counselling": "2028-01-01",
        "resident": None,
    }
    free = session.execute(select(PersonFree.weekday, PersonFree.start_minute, PersonFree.end_minute)).all()
    assert [tuple(row) for row in free] == [(5, 480, 1260), (6, 480, 1260)]
    assert session.scalars(select(PersonLike.category)).all() == ["disability"]


def test_the_same_file_twice_changes_nothing(session, now, tmp_path):
    civil, _ = two_agencies(tmp_path)
    import_file(session, SYSTEM, source="civilisation", path=civil, now=now)
    consolidate(session, SYSTEM, now=now)
    again = import_file(session, SYSTEM, source="civilisation", path=civil, now=now)
    assert (again.repeated, again.new, again.changed, again.unchanged, again.rows) == (True, 0, 0, 2, 5)
    assert consolidate(session, SYSTEM, now=now).records == 0
    assert session.scalar(select(func.count()).select_from(RowIssue)) == 3


def test_a_newer_file_updates_marks_what_is_gone_and_deletes_nobody(session, now, tmp_path):
    civil, _ = two_agencies(tmp_path)
    import_file(session, SYSTEM, source="civilisation", path=civil, now=now)
    consolidate(session, SYSTEM, now=now)
    newer = written(tmp_path / "newer.csv", CIVILISATION, [civilisation_row(1, "张伟", 手机号码="10100000077")])
    report = import_file(session, SYSTEM, source="civilisation", path=newer, now=now)
    assert (report.new, report.changed, report.unchanged, report.gone) == (0, 1, 0, 1)
    assert session.scalars(select(SourceRecord.state).order_by(SourceRecord.id)).all() == [
        RecordState.CURRENT,
        RecordState.GONE,
    ]
    consolidate(session, SYSTEM, now=now)
    assert session.get(Person, 1).telephone_masked == "101****0077"
    assert [row[2] for row in links(session)] == ["P000000001", "P000000002"]


def test_a_dry_run_writes_nothing(session, now, tmp_path):
    civil, _ = two_agencies(tmp_path)
    report = import_file(session, SYSTEM, source="civilisation", path=civil, now=now, dry_run=True)
    assert (report.batch_id, report.new, report.quarantined) == (None, 2, 3)
    for model in (SourceRecord, RowIssue, LinkQueue, PersonLink):
        assert session.scalar(select(func.count()).select_from(model)) == 0


def test_an_increment_finds_its_person(session, now, tmp_path):
    civil, cross = two_agencies(tmp_path)
    rows = [
        civilisation_row(k, "周" + c, 证件号码=number("1970-01-02", k))
        for k, c in enumerate("一二三四五六七八九十", 100)
    ]
    many = written(
        tmp_path / "many.csv", CIVILISATION, [*civil.read_bytes().decode("gb18030").split("\r\n")[1:3], *rows]
    )
    import_file(session, SYSTEM, source="civilisation", path=many, now=now)
    consolidate(session, SYSTEM, now=now)
    import_file(session, SYSTEM, source="red_cross", path=cross, now=now)
    report = consolidate(session, SYSTEM, now=now)
    assert (report.whole, report.records, report.persons_new, report.persons_changed) == (False, 2, 1, 1)
    assert [row[2] for row in links(session) if row[0] == "red_cross"] == ["P000000001", "P000000013"]
