"""How each figure of a leader's page is counted, in one sentence that stands beside it and in its exports."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l

#: figure → its name, how it is counted.
HOW: Final[dict[str, tuple[Any, Any]]] = {
    "registered": (
        _l("registered people"),
        _l("Each person once over all agencies, where they live; those who withdrew do not count."),
    ),
    "active": (
        _l("active people"),
        _l("Of the registered: served here in the last twelve months, by hours that count."),
    ),
    "ratio": (
        _l("registered of residents"),
        _l("Registered people divided by residents of the place, with the day of that figure."),
    ),
    "students": (_l("students"), _l("Of the registered: pupils and students. More than a third is a warning.")),
    "local": (
        _l("serve where they live"),
        _l("Of the people with a seat here this week: those whose home lies here. The others come from elsewhere."),
    ),
    "essential": (
        _l("essential seats held"),
        _l("Seats a shift cannot do without, held by somebody, of those asked for."),
    ),
    "wanted": (_l("wanted seats held"), _l("Seats that make a shift good, held by somebody, of those asked for.")),
    "confirmed": (_l("confirmed"), _l("People who said yes, of those asked or proposed this week.")),
    "show_up": (
        _l("came when expected"),
        _l("Came, of those who came or stayed away without excuse, in four weeks."),
    ),
    "hours": (_l("hours served"), _l("Hours that count, by the day of service, in four weeks; travel is not service.")),
    "median": (
        _l("median hours of a person"),
        _l("Half of those who served in four weeks served longer, half shorter."),
    ),
    "once": (_l("have one turn only"), _l("Of the people with a seat this week: those with exactly one.")),
    "approval": (
        _l("days until hours are approved"),
        _l("Median from the day of service to approval, in twelve weeks. The limit is ten working days."),
    ),
    "free": (
        _l("could come"),
        _l("People who live here, hold the skill and offer the first two hours then. Others may come from elsewhere."),
    ),
    "waits": (
        _l("waits longest"),
        _l("Shifts of the week that lack essential people, by the day their need was posted."),
    ),
}
