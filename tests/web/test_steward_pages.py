"""Files, uncertain pairs and persons, as a steward meets them."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import AuditEvent, Person, ReviewPair, SavedMapping, Verdict
from models.authority import Role
from models.linkage import ReviewState, VerdictKind
from models.person import PersonState
from registry.mappings import FIELDS
from tests.registry.files import CIVILISATION, RED_CROSS, civilisation_row, red_cross_row, written
from tests.web.proofreading import ProofReadingClient
from tests.web.world import World, take_in_agencies
from web.database import Work
from web.forms.columns import GROUPS
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
    paths = (
        "/imports",
        "/imports/quality",
        "/imports/1",
        "/imports/2",
        "/review",
        f"/review/{pair_id(registry)}",
        "/people",
    )
    paths += ("/people?name=钱", f"/people/{person}", "/people?name=nobody")
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def sent(client: ProofReadingClient, content: bytes, name: str = "new.csv", source: str = "") -> str:
    """Send a file; give the address of its page."""
    answer = client.send("/imports", {"source": source, "file": (BytesIO(content), name)})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def columns_of(page: str) -> dict[str, str]:
    """Give the form as a browser would send it: every select with what is chosen."""
    found = dict(re.findall(r'name="(columns\.\d+)"[^>]*>.*?<option value="(\w+)" selected', page, re.DOTALL))
    source = re.search(r'type="hidden" name="source" value="([^"]*)"', page)
    assert source is not None
    return {**found, "source": source[1], "name": "第一版"}


NEW_ROWS = [civilisation_row(1, "周建国", 手机号码="10100000009"), civilisation_row(7, "吴平", 手机号码="1"), "坏行"]


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_a_file_goes_its_whole_way(
    registry: Work, account: Callable[..., int], sign_in: Sign, tmp_path: Path, language: str
) -> None:
    account("shen", Role.STEWARD)
    client = sign_in("shen", language)
    content = written(tmp_path / "new.csv", CIVILISATION, NEW_ROWS, "gb18030").read_bytes()
    path = sent(client, content, "新 导出.csv")
    page = client.get(path).text
    assert "GB18030" in page
    assert "101••••••09" in page
    assert "10100000009" not in page
    fields = columns_of(page)
    assert fields["source"] == "civilisation"
    assert fields["columns.1"] == "name"
    assert client.send(f"{path}/columns", fields).headers["Location"] == path
    looked = client.get(path).text
    assert ("还没有入库任何内容" if language != "en" else "Nothing has been taken in yet.") in looked
    with registry.read() as session:
        assert session.scalars(select(Person.id).where(Person.name == "吴平")).all() == []
        assert session.scalars(select(SavedMapping.version)).all() == []
    back = client.get(f"{path}/to-mend")
    assert back.data.decode("gb18030").splitlines()[0].endswith(",需修改")
    assert client.send(f"{path}/take").status_code == 302
    assert client.get(path).status_code == 200
    assert person_id(registry, "吴平") > 0
    batch = re.search(r"/imports/(\d+)\"", client.get(path).text)
    assert batch is not None
    again = client.get(f"/imports/{batch[1]}/to-mend")
    assert again.data == back.data
    assert "UTF-8''%E6%96%B0" in again.headers["Content-Disposition"]


def test_a_file_of_a_new_agency_makes_its_mapping(steward: ProofReadingClient, registry: Work, tmp_path: Path) -> None:
    rows = ["W1,郑一,10100000071", "W2,郑二,10100000072"]
    path = sent(steward, written(tmp_path / "w.csv", "会员,名字,手机", rows).read_bytes())
    fields = columns_of(steward.get(path).text)
    assert (fields["source"], fields["columns.1"], fields["columns.2"]) == ("+", "name", "telephone")
    wrong = steward.send(f"{path}/columns", fields | {"columns.0": "name"})
    assert wrong.status_code == 422
    assert "不能有两列都是“姓名”" in wrong.text
    right = fields | {"columns.0": "external_id", "agency": "妇联", "code": "women"}
    steward.send(f"{path}/columns", right)
    steward.send(f"{path}/take")
    assert person_id(registry, "郑一") > 0
    assert "妇联" in steward.get("/imports").text
    with registry.read() as session:
        assert session.execute(select(SavedMapping.source, SavedMapping.version)).all() == [("women", 1)]
    second = sent(steward, written(tmp_path / "x.csv", "会员,名字,手机", [*rows, "W3,郑三,10100000073"]).read_bytes())
    assert columns_of(steward.get(second).text)["source"] == "women"


def test_an_upload_without_a_file_says_so(steward: ProofReadingClient) -> None:
    answer = steward.send("/imports", {"source": ""})
    assert answer.status_code == 422
    assert "请选择一个文件" in answer.text


def test_what_is_no_table_is_refused_with_words(steward: ProofReadingClient) -> None:
    answer = steward.send("/imports", {"file": (BytesIO(b"\x00\x01\x02" * 50), "r.csv")})
    assert answer.status_code == 422
    assert "这个文件既不是" in answer.text


def test_a_wrong_agency_is_seen_before_anything_is_read(steward: ProofReadingClient, tmp_path: Path) -> None:
    content = written(tmp_path / "r.csv", RED_CROSS, [red_cross_row(1, "周小宝")]).read_bytes()
    page = steward.get(sent(steward, content, "r.csv", source="civilisation")).text
    assert "该单位以前有、这份文件里没有的表头" in page
    assert "红十字会" in page


def test_a_file_belongs_to_who_sent_it(
    steward: ProofReadingClient, account: Callable[..., int], sign_in: Sign, tmp_path: Path
) -> None:
    path = sent(steward, written(tmp_path / "c.csv", CIVILISATION, NEW_ROWS).read_bytes())
    account("other", Role.STEWARD)
    other = sign_in("other")
    for address in (path, "/imports/files/..%2fsecret.key", "/imports/files/" + "0" * 32):
        assert other.get(address).status_code == 404, address
    assert other.send(f"{path}/take").status_code == 404
    assert steward.send(f"{path}/leave").status_code == 302
    assert steward.get(path).status_code == 404


def test_every_field_is_offered_once() -> None:
    offered = [code for _, codes in GROUPS for code in codes]
    assert sorted(offered) == sorted(FIELDS - {"ignored"})


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


def test_two_persons_are_made_one_with_a_choice(steward: ProofReadingClient, registry: Work) -> None:
    first, second = sorted((person_id(registry, "周建国"), person_id(registry, "周小宝")))
    page = steward.get(f"/people/{first}/merge")
    assert f"/people/{first}/merge?other={second}" in page.text
    assert f"other={second}" in steward.get(f"/people/{first}/merge?other=周").text
    page = steward.get(f"/people/{first}/merge?other={second}").text
    assert "按规则会取它" in page
    choice = re.search(r'name="choice.name" value="(\d+)"', page)
    assert choice is not None
    sent = {"other": str(second), "choice.name": choice[1], "reason": "改名"}
    answer = steward.send(f"/people/{first}/merge", sent)
    assert answer.headers["Location"] == f"/people/{first}"
    after = steward.get(f"/people/{first}").text
    assert "人工选定" in after
    assert f"人员 {second} 并入此人。" in after
    undo = after.partition(f'action="/people/{first}/events/')[2].partition("/undo")[0]
    steward.send(f"/people/{first}/events/{undo}/undo")
    assert {person_id(registry, "周建国"), person_id(registry, "周小宝")} == {first, second}
    assert steward.get(f"/people/{first}/merge?other={first}").status_code == 422


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_records_go_back_to_an_agency(
    registry: Work, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("shen", Role.STEWARD)
    answer = sign_in("shen", language).send("/imports/quality/civilisation/records")
    heads = f"{CIVILISATION},与主记录不同,邻里累计时长(小时),其中新增(小时)"
    assert answer.data.decode("utf-8-sig").splitlines()[0] == heads
    assert sign_in("shen").send("/imports/quality/nobody/records").status_code == 404


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_an_auditor_gets_answers(
    registry: Work, world: World, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("shen", Role.STEWARD)
    account("he", Role.AUDITOR)
    person = world.persons[0]
    sign_in("shen").send(f"/people/{person}/reveal", {"attribute": "telephone", "reason": "核对"})
    auditor = sign_in("he", language)
    page = auditor.get(f"/people/{person}")
    assert ("为什么邀约此人" if language != "en" else "Why they were asked") in page.text
    assert "周三集市急救点" in page.text
    assert f"/audit?person={person}" in page.text
    log = auditor.get(f"/audit?person={person}&what=number.")
    assert log.text.count("<li>") - auditor.get("/audit?person=99999&what=number.").text.count("<li>") == 1
    assert "核对" in log.text
    assert auditor.get("/audit").status_code == 200
    assert auditor.get("/audit?since=nonsense&who=x&before=y&until=9999-12-31").status_code == 200
    assert sign_in("shen").get("/audit").status_code == 404


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
