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
    answers_from, answers_until
        Reply deadlines are whole hours between these times of day; a unit may set its own.
    most_messages_week
        So many messages that ask or remind reach one person in any seven days; news of a change always does.
    quiet_from, quiet_until
        Between these times of day no message leaves.
    ask_who_came_days
        So many days after a shift its leader is asked whether those came of whom nobody wrote anything; then it stays
        *not marked*, which counts for nothing and against nobody.
    valid_minutes_day
        Minutes of one person and day beyond it count only once they are approved with a reason.
    approve_within_working_days
        Hours are recorded and approved within so many working days (Order 67, article 11).
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
    answers_from: time = time(9, 0)
    answers_until: time = time(20, 0)
    occurrence_weeks: int = 2
    most_messages_week: int = 6
    quiet_from: time = time(22, 0)
    quiet_until: time = time(7, 30)
    remind_at: time = time(18, 0)
    check_in_before_minutes: int = 30
    check_out_after_minutes: int = 120
    late_after_minutes: int = 10
    most_check_ins_day: int = 3
    ask_who_came_days: int = 10
    valid_minutes_day: int = 480
    approve_within_working_days: int = 10


DEFAULT = Policy()


def policy_of(session: Session) -> Policy:
    """Give the policy that the session was opened with, or the defaults."""
    policy = session.info.get("policy", DEFAULT)
    if not isinstance(policy, Policy):
        raise LookupError(f"session.info['policy'] is {type(policy).__name__}, not a Policy")
    return policy
