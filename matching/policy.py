"""The settings of the service itself: a city's rules with the Shanghai values as defaults.

A policy travels on ``session.info["policy"]``, put there by whoever opened the session; without one the defaults hold.
"""

from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from solver import Travel, Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a city decided about how its weeks are planned.

    Attributes
    ----------
    zone
        Weeks, days and availability are wall-clock times of this zone.
    centre
        Longitude and latitude of the plane on which distances are measured.
    consent_below_age
        Below this age a guardian's consent is needed (上海市志愿服务条例, 2019: any minor).
    minors_until
        People under 18 do not serve in shifts that end later than this.
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    centre: tuple[float, float] = (121.4737, 31.2304)
    weights: Weights = field(default_factory=Weights)
    travel: Travel = field(default_factory=Travel)
    consent_below_age: int = 18
    minors_until: time = time(20, 0)
    experienced_minutes: int = 40 * 60
    default_max_minutes_week: int = 480
    default_max_shifts_week: int = 2
    default_max_shifts_day: int = 1
    recent_days: int = 28
    familiar_days: int = 84
    reply_hours: int = 36
    reply_before_shift_hours: int = 6
    occurrence_weeks: int = 2


DEFAULT = Policy()


def policy_of(session: Session) -> Policy:
    """Give the policy that the session was opened with, or the defaults."""
    policy = session.info.get("policy", DEFAULT)
    if not isinstance(policy, Policy):
        raise LookupError(f"session.info['policy'] is {type(policy).__name__}, not a Policy")
    return policy
