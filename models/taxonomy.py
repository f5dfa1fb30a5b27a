"""The codes of skills, certificates, qualities and categories of service. Their words live in `web`.

A tag is what a role can ask for and a person can hold. Three kinds, because they come about in different ways: skills
are said, certificates are shown and expire, qualities are derived from the record and cannot be typed.
"""

from typing import Final

SKILLS: Final = (
    "elderly_care",
    "nursing",
    "medical",
    "counselling",
    "legal",
    "tutoring",
    "childcare",
    "english",
    "japanese",
    "sign_language",
    "dialect",
    "translation",
    "driving",
    "phone_help",
    "computing",
    "repair",
    "haircut",
    "cooking",
    "gardening",
    "music",
    "calligraphy",
    "dance",
    "sports",
    "photography",
    "writing",
    "hosting",
    "crowd_guiding",
    "traffic_guiding",
    "fire_safety",
    "waste_sorting",
    "accounting",
    "mediation",
    "disability_care",
    "reading_aloud",
)

CERTIFICATES: Final = (
    "first_aid",
    "first_aid_instructor",
    "first_aid_training",
    "lifeguard",
    "psychological_rescue",
    "teacher",
    "lawyer",
    "nurse",
    "physician",
    "social_worker",
)

#: adult: 18 or more on the day of service; age_14: 14 or more; experienced: 40 hours or more recorded;
#: late_evening: may serve after 20:00 (an adult).
QUALITIES: Final = ("adult", "age_14", "late_evening", "experienced", "student", "party_member", "resident")

TAGS: Final = SKILLS + CERTIFICATES + QUALITIES

#: One certificate that includes another: whoever holds the first may do what asks for the second.
IMPLIES: Final[dict[str, tuple[str, ...]]] = {
    "first_aid_instructor": ("first_aid", "first_aid_training"),
    "first_aid": ("first_aid_training",),
    "physician": ("medical", "nursing"),
    "nurse": ("nursing",),
    "lawyer": ("legal",),
    "teacher": ("tutoring",),
    "psychological_rescue": ("counselling",),
}

CATEGORIES: Final = (
    "elderly",
    "medical",
    "legal",
    "children",
    "education",
    "disability",
    "psychology",
    "digital",
    "environment",
    "order",
    "culture",
    "sports",
    "community",
    "emergency",
    "events",
    "other",
)
