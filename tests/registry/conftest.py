from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from models import Base, OrganisationUnit
from models.organisation import UnitLevel
from models.sealing import Keyring

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
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "connect")
    def _connect(connection, record):
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection):
        connection.exec_driver_sql("BEGIN")

    Base.metadata.create_all(engine)
    with Session(engine, info={"keyring": KEYRING}) as opened:
        for code, name, level in UNITS:
            opened.add(OrganisationUnit(code=code, name=name, level=level, longitude=121.4, latitude=31.2))
        opened.commit()
        yield opened
    engine.dispose()
