from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from tests.matching.world import World


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    """One street with its city, and nobody in it."""
    world = World(session=session, now=now)
    world.units()
    return world
