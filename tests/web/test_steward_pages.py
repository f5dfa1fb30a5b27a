"""Files, uncertain pairs and persons, as a steward meets them."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import AuditEvent, Person, ReviewPair, Verdict
from models.authority import Role
from models.linkage import ReviewState, VerdictKind
from models.person import PersonState
from tests.registry.files import CIVILISATION, RED_CROSS, civilisation_row, red_cross_row, written
from tests.web.proofreading import ProofReadingClient
from tests.web.world import World, take_in_agencies
from web.database import Work
from web.pages.review import marked

Sign = Callable[..., ProofReadingClient]


@pytest.fixture
def registry(world: World, work: Work, tmp_path: Path, now: Any) -> Work:
    """Three persons of two agencies, and a pair that waits: a parent's number on a child's record."""
    take_in_agencies(work, tmp_path, now=now)
    return work


@pytest.fixture
def steward(registry: Work, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("shen", Role.STEWARD)
    return sign_in("shen")


def pair_id(work: Work) -> int:
    with work.read() as session:
        return session.scalars(select(ReviewPair.id).where(ReviewPair.state == ReviewState.WAITING)).one()


def person_id(work: Work, name: str) -> int:
    with work.read() as session:
        query = select(Person.id).where(Person.name == name, Person.state == PersonState.ACTIVE)
        return session.scalars(query).one()


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_pages_read_well_in_both_languages(
    registry: Work, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("shen", Role.STEWARD)
    client = sign_in("shen", language)
    person = person_id(registry, "钱敏")
    paths = ("/imports", "/imports/1", "/imports/2", "/review", f"/review/{pair_id(registry)}", "/people")
    paths += ("/people?name=钱", f"/people/{person}", "/people?name=nobody")
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_a_file_is_looked_at_before_it_is_taken_in(steward: ProofReadingClient, registry: Work, tmp_path: Path) -> None:
    rows = [civilisation_row(1, "周建国", 手机号码="10100000009"), civilisation_row(7, "吴平"), "坏行"]
    content = written(tmp_path / "new.csv", CIVILISATION, rows).read_bytes()
    page = steward.send("/imports", {"source": "civilisation", "file": (BytesIO(content), "new.csv")})
    assert page.status_code == 200
    assert "还没有入库任何内容" in page.text
    assert "这一行的列数少于表头" in page.text
    with registry.read() as session:
        assert session.scalars(select(Person.id).where(Person.name == "吴平")).all() == []
    key = page.text.partition('name="key" value="')[2].partition('"')[0]
    taken = steward.send("/imports/take", {"source": "civilisation", "key": key})
    assert taken.status_code == 302
    assert "整行隔离" in steward.get(taken.headers["Location"]).text
    assert steward.send("/imports/consolidate").status_code == 302
    assert person_id(registry, "吴平") > 0


def test_an_upload_without_a_file_says_so(steward: ProofReadingClient) -> None:
    answer = steward.send("/imports", {"source": ""})
    assert answer.status_code == 422
    assert "请选择一个文件" in answer.text


def test_the_wrong_agency_is_refused_with_words(steward: ProofReadingClient, tmp_path: Path) -> None:
    content = written(tmp_path / "r.csv", RED_CROSS, [red_cross_row(1, "周小宝")]).read_bytes()
    answer = steward.send("/imports", {"source": "civilisation", "file": (BytesIO(content), "r.csv")})
    assert answer.status_code == 422
    assert "没有找到这家单位的表头" in answer.text


def test_a_key_is_no_path(steward: ProofReadingClient) -> None:
    for key in ("../secret.key", "", "/etc/passwd"):
        assert steward.send("/imports/take", {"source": "civilisation", "key": key}).status_code == 404


def test_a_pair_is_decided_and_taken_back(steward: ProofReadingClient, registry: Work) -> None:
    pair = pair_id(registry)
    assert steward.send("/review/next").headers["Location"] == f"/review/{pair}"
    page = steward.get(f"/review/{pair}").text
    for text in ("周<mark>建国</mark>", "周<mark>小宝</mark>", "证件号码相同，姓名不同", "各项证据的权重"):
        assert text in page, text
    assert steward.send(f"/review/{pair}", {"kind": "different"}).status_code == 302
    with registry.read() as session:
        assert session.scalars(select(Verdict.kind)).one() is VerdictKind.DIFFERENT
        assert session.get_one(ReviewPair, pair).state is ReviewState.DECIDED
    assert "撤销" in steward.get("/review").text
    steward.send(f"/review/{pair}/undo")
    assert pair_id(registry) == pair


def test_a_merge_by_decision_is_undone(steward: ProofReadingClient, registry: Work) -> None:
    pair = pair_id(registry)
    steward.send(f"/review/{pair}", {"kind": "same", "note": "母子共用"})
    with registry.read() as session:
        merged = session.scalars(select(Person.id).where(Person.state == PersonState.MERGED)).one()
    assert steward.get(f"/people/{merged}").status_code == 302
    steward.send(f"/review/{pair}/undo")
    assert person_id(registry, "周小宝") == merged


def test_a_record_is_moved_out_and_back(steward: ProofReadingClient, registry: Work) -> None:
    person = person_id(registry, "钱敏")
    page = steward.get(f"/people/{person}").text
    record = page.partition('name="records[]" value="')[2].partition('"')[0]
    assert steward.send(f"/people/{person}/split", {"records[]": record}).status_code == 302
    with registry.read() as session:
        assert len(session.scalars(select(Person.id).where(Person.name == "钱敏")).all()) == 2
    page = steward.get(f"/people/{person}").text
    undo = page.partition(f'action="/people/{person}/events/')[2].partition("/undo")[0]
    steward.send(f"/people/{person}/events/{undo}/undo")
    assert person_id(registry, "钱敏") == person


def test_a_whole_number_takes_a_reason_and_is_written_down(steward: ProofReadingClient, registry: Work) -> None:
    person = person_id(registry, "钱敏")
    masked = steward.get(f"/people/{person}").text
    assert "10100000002" not in masked
    assert steward.send(f"/people/{person}/reveal", {"attribute": "telephone"}).status_code == 422
    answer = steward.send(f"/people/{person}/reveal", {"attribute": "telephone", "reason": "核对"})
    assert "10100000002" in answer.text
    with registry.read() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "number.revealed")).all()
        assert (event.reason, event.subject_id) == ("核对", person)


def test_a_coordinator_sees_none_of_it(registry: Work, account: Callable[..., int], sign_in: Sign) -> None:
    account("zhou", Role.COORDINATOR, "310101002")
    client = sign_in("zhou")
    for path in ("/imports", "/imports/1", "/review", f"/review/{pair_id(registry)}", "/people", "/people/1"):
        assert client.get(path).status_code == 404, path


def test_differences_are_marked_by_character() -> None:
    assert marked("张伟", "章伟") == "<mark>张</mark>伟"
    assert marked("<b>", "") == "&lt;b&gt;"
