"""The scorecard in force: kept in the registry, so that increments weigh exactly as the batch before them did."""

from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Scorecard as ScorecardRow
from registry.frames import whole_frame
from registry.linkage.features import Features
from registry.linkage.scorecard import (
    Scorecard,
    packed_frequencies,
    scorecard_from,
    shipped_scorecard,
    unpacked_frequencies,
)
from registry.linkage.training import FEWEST_PAIRS, trained
from registry.refusals import TooFewPairs

#: A registry that has grown by this factor since its weights were made is weighed anew.
_GROWN = 1.5
#: The table of frequencies opened last, by the number of its scorecard and its checksum (Adler-32).
_opened: dict[tuple[int, bytes], npt.NDArray[np.int32]] = {}


def current_scorecard(session: Session) -> Scorecard | None:
    """Give the newest scorecard that is kept, or None.

    Its table of frequencies is opened once a process; its checksum, the last bytes of it, tells whether it is the same.
    """
    table = ScorecardRow.frequencies
    columns = (ScorecardRow.id, ScorecardRow.weights, ScorecardRow.facts, func.substr(table, func.length(table) - 3))
    row = session.execute(select(*columns).order_by(ScorecardRow.id.desc()).limit(1)).first()
    if row is None:
        return None
    number, weights, facts, checksum = row
    key = (number, bytes(checksum))
    if key not in _opened:
        blob = session.scalars(select(table).where(ScorecardRow.id == number)).one()
        _opened.clear()
        _opened[key] = unpacked_frequencies(blob)
    return scorecard_from(weights, _opened[key], facts)


def weights_for(known: Scorecard | None, features: Features) -> Scorecard:
    """Give the scorecard with which to link the whole registry: the one in force unless the registry outgrew it."""
    if known is not None and len(features) < _GROWN * known.records:
        return known
    fresh = trained(features, shipped_scorecard())
    return scorecard_from(fresh.as_data(), fresh.frequencies, fresh.facts)  # as it will be read again


def trained_weights(session: Session) -> Scorecard:
    """Train on every record of the registry, drawn towards the weights that ship; keeps nothing.

    Raises
    ------
    TooFewPairs
    """
    found = trained(whole_frame(session, np.empty(0, np.int64)).features, shipped_scorecard())
    if not found.facts["trained"]:
        raise TooFewPairs(pairs=found.facts["pairs"], needed=2 * FEWEST_PAIRS)
    return found


def keep_scorecard(session: Session, scorecard: Scorecard, *, now: datetime) -> None:
    """Put a scorecard in force."""
    row = ScorecardRow(
        made_at=now,
        weights=scorecard.as_data(),
        facts=dict(scorecard.facts),
        frequencies=packed_frequencies(scorecard.frequencies),
    )
    session.add(row)
    session.flush()
