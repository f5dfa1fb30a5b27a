"""Templates in pages: kept from a need, first on a new one, changed, put away and taken out again."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from models.authority import Role
from models.need import Need
from models.template import NeedTemplate
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, World
from web.database import Work

Sign = Callable[..., ProofReadingClient]


def fields_of(page: str) -> dict[str, str]:
    """Give what stands in the form of a page, as a browser would send it."""
    form = page[page.index('<form class="form top-gap"') :]
    values = dict(re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', form))
    tags = re.findall(r'name="(roles\.0\.needs_tags\[\])" value="([^"]+)" checked', form)
    return {**{key: value for key, value in values.items() if "needs_tags" not in key}, **dict(tags), "priority": "2"}


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_need_is_kept_found_first_used_and_counted(
    world: World, work: Work, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou", language)
    client.send(f"/needs/{world.need_id}/template", {"name": "周三急救"})
    with work.read() as session:
        template = session.scalars(select(NeedTemplate)).one()
    assert "周三急救" in client.get("/needs/new").text
    page = client.get(f"/needs/new?template={template.id}").text
    said = fields_of(page)
    assert (said["title"], said["starts"], said["on"], said["template"]) == (
        "周三集市急救点",
        "09:00",
        "2026-12-02",
        str(template.id),
    )
    assert client.send("/needs/new", {**said, "unit_code": STREET, "category": "medical"}).status_code == 302
    with work.read() as session:
        assert session.scalars(select(NeedTemplate.used)).one() == 1
        assert len(session.scalars(select(Need.id).where(Need.title == "周三集市急救点")).all()) == 3
    assert client.get("/needs/templates").status_code == 200


def test_template_is_changed_put_away_and_taken_out(
    world: World, work: Work, account: Callable[..., int], sign_in: Sign
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou")
    client.send(f"/needs/{world.need_id}/template", {"name": "周三急救"})
    with work.read() as session:
        template = session.scalars(select(NeedTemplate.id)).one()
    path = f"/needs/templates/{template}"
    said = {**fields_of(client.get(path).text), "unit_code": STREET, "category": "medical"}
    assert client.send(path, {**said, "name": ""}).status_code == 422
    assert client.send(path, {**said, "name": "集市急救"}).status_code == 302
    assert "集市急救" in client.get("/needs/templates").text
    client.send(f"{path}/away")
    assert "集市急救" not in client.get("/needs/new").text
    client.send(f"{path}/back")
    assert "集市急救" in client.get("/needs/new").text
    account("other", Role.COORDINATOR, "310104003")
    stranger = sign_in("other")
    assert stranger.get(path).status_code == stranger.send(f"{path}/away").status_code == 404
