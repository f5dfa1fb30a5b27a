from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from models import OrganisationUnit
from models.organisation import UnitLevel
from models.sealing import Keyring
from web.database import make_engine

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
KEYRING = Keyring(sealing={1: b"s" * 32}, current=1, digesting=b"d" * 32)
UNITS = (
    ("31", "上海市", UnitLevel.CITY),
    ("310101", "黄浦区", UnitLevel.DISTRICT),
    ("310101002", "南京东路街道", UnitLevel.STREET),
    ("310101002003", "云南中路居民委员会", UnitLevel.NEIGHBOURHOOD),
    ("310106", "静安区", UnitLevel.DISTRICT),
    ("310106006", "静安寺街道", UnitLevel.STREET),
)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def session(databases, dialect) -> Iterator[Session]:
    """A session on a database of this test's own: ids begin at 1, on SQLite and on PostgreSQL."""
    engine = make_engine(databases.url(dialect))
    with Session(engine, info={"keyring": KEYRING}) as opened:
        for code, name, level in UNITS:
            opened.add(OrganisationUnit(code=code, name=name, level=level, longitude=121.4, latitude=31.2))
        opened.commit()
        yield opened
    engine.dispose()
