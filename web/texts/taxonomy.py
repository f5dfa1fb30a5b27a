"""Names of skills, certificates, qualities and categories of service, and of the feeds that send records."""

from typing import Any, Final

from flask_babel import lazy_pgettext as _lp

TAG_NAMES: Final[dict[str, Any]] = {
    "elderly_care": _lp("skill", "Care of the elderly"),
    "nursing": _lp("skill", "Nursing care"),
    "medical": _lp("skill", "Medical knowledge"),
    "counselling": _lp("skill", "Counselling"),
    "legal": _lp("skill", "Legal advice"),
    "tutoring": _lp("skill", "Tutoring"),
    "childcare": _lp("skill", "Looking after children"),
    "english": _lp("skill", "English language"),
    "japanese": _lp("skill", "Japanese language"),
    "sign_language": _lp("skill", "Sign language"),
    "dialect": _lp("skill", "Shanghai dialect"),
    "translation": _lp("skill", "Translation"),
    "driving": _lp("skill", "Driving"),
    "phone_help": _lp("skill", "Smartphone help"),
    "computing": _lp("skill", "Computers"),
    "repair": _lp("skill", "Repairs"),
    "haircut": _lp("skill", "Haircuts"),
    "cooking": _lp("skill", "Cooking"),
    "gardening": _lp("skill", "Gardening"),
    "music": _lp("skill", "Music"),
    "calligraphy": _lp("skill", "Calligraphy"),
    "dance": _lp("skill", "Dance"),
    "sports": _lp("skill", "Sports coaching"),
    "photography": _lp("skill", "Photography"),
    "writing": _lp("skill", "Writing"),
    "hosting": _lp("skill", "Hosting events"),
    "crowd_guiding": _lp("skill", "Guiding crowds"),
    "traffic_guiding": _lp("skill", "Guiding traffic"),
    "fire_safety": _lp("skill", "Fire safety"),
    "waste_sorting": _lp("skill", "Waste sorting"),
    "accounting": _lp("skill", "Accounting"),
    "mediation": _lp("skill", "Mediation"),
    "disability_care": _lp("skill", "Helping people with disabilities"),
    "reading_aloud": _lp("skill", "Reading aloud"),
    "first_aid": _lp("certificate", "First-aider certificate"),
    "first_aid_instructor": _lp("certificate", "First-aid instructor certificate"),
    "first_aid_training": _lp("certificate", "First-aid training certificate"),
    "lifeguard": _lp("certificate", "Lifeguard certificate"),
    "psychological_rescue": _lp("certificate", "Psychological first aid certificate"),
    "teacher": _lp("certificate", "Teacher's certificate"),
    "lawyer": _lp("certificate", "Lawyer's licence"),
    "nurse": _lp("certificate", "Nurse's licence"),
    "physician": _lp("certificate", "Physician's licence"),
    "social_worker": _lp("certificate", "Social worker's certificate"),
    "adult": _lp("quality", "18 or older"),
    "age_14": _lp("quality", "14 or older"),
    "late_evening": _lp("quality", "May serve after 20:00"),
    "experienced": _lp("quality", "Experienced (40 hours or more)"),
    "student": _lp("quality", "Student"),
    "party_member": _lp("quality", "Party member"),
    "resident": _lp("quality", "Lives in the city"),
}

CATEGORY_NAMES: Final[dict[str, Any]] = {
    "elderly": _lp("category", "Elderly people"),
    "medical": _lp("category", "Health"),
    "legal": _lp("category", "Law"),
    "children": _lp("category", "Children"),
    "education": _lp("category", "Learning"),
    "disability": _lp("category", "People with disabilities"),
    "psychology": _lp("category", "Mental health"),
    "digital": _lp("category", "Digital help"),
    "environment": _lp("category", "Environment"),
    "order": _lp("category", "Public order"),
    "culture": _lp("category", "Culture"),
    "sports": _lp("category", "Sport"),
    "community": _lp("category", "Community life"),
    "emergency": _lp("category", "Emergencies"),
    "events": _lp("category", "Large events"),
    "other": _lp("category", "Other"),
}

SOURCE_NAMES: Final[dict[str, Any]] = {
    "civilisation": _lp("source", "Civilisation Office"),
    "youth_league": _lp("source", "Youth League"),
    "red_cross": _lp("source", "Red Cross"),
    "civil_affairs": _lp("source", "Civil Affairs"),
    "education": _lp("source", "Education Commission"),
    "self_service": _lp("source", "Signed up here"),
    "linli": _lp("source", "Posted here"),
    "hotline": _lp("source", "12345 hotline"),
}


def tag_name(code: str) -> str:
    """Name a tag; a code from a newer taxonomy stands for itself."""
    return str(TAG_NAMES.get(code, code))


def category_name(code: str) -> str:
    """Name a category of service."""
    return str(CATEGORY_NAMES.get(code, code))


def source_name(code: str) -> str:
    """Name a feed; one that came by a mapping of its own keeps its code."""
    return str(SOURCE_NAMES.get(code, code))
