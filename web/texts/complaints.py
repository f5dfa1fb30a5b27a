"""What is wrong with a field, said to people: the fault and the remedy in one sentence."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l

COMPLAINTS: Final[dict[str, Any]] = {
    "missing": _l("Please fill this in."),
    "unreadable": _l("This could not be read. Please check it."),
    "not_offered": _l("Please choose one of the values offered."),
    "too_long": _l("At most %(limit)s characters, please."),
    "too_small": _l("At least %(limit)s, please."),
    "too_big": _l("At most %(limit)s, please."),
    "too_large": _l("This number is too large."),
    "too_short_password": _l("A password needs at least %(limit)s characters."),
    "not_a_time": _l("Please write a time like 09:00."),
    "not_a_date": _l("Please write a date like 2026-11-28."),
    "ends_before_start": _l("The end must be after the start."),
    "past": _l("This lies in the past. Choose a later time."),
    "not_a_telephone": _l("This is not a Chinese mobile number: 11 digits, the first one 1."),
    "wrong_code": _l("This code does not fit, or is too old. Check the message, or ask for a new code."),
    "wrong_sign_in": _l("Name and password do not fit together. Check both, then try again."),
    "no_volunteer": _l("No volunteer is registered with this number yet. Sign up first."),
    "seats_out_of_order": _l("Least, wanted and most must rise in this order."),
    "no_seats": _l("At least one person must be asked for."),
    "too_many_seats": _l("At most 500 people for one role."),
    "half_a_place": _l("Give both longitude and latitude, or neither."),
    "not_a_rule": _l("This repetition could not be read."),
    "too_short": _l("A shift lasts at least one minute."),
    "unknown": _l("Please choose one of the values offered."),
    "not_1_to_3": _l("The priority is 1, 2 or 3."),
    "consent_needed": _l("We need your agreement to go on."),
    "not_proved": _l("This does not fit what is known. Check it, or sign up anew."),
    "name_missing": _l("Please write your name."),
    "name_unreadable": _l("This is no name. Write it as on your ID card."),
    "contact_missing": _l("Please give a mobile number."),
    "telephone_unreadable": _l("This is not a Chinese mobile number: 11 digits, the first one 1."),
    "id_check_digit": _l("The last character does not fit the number. Please check it."),
    "id_length": _l("An ID number has 18 characters."),
    "id_impossible_date": _l("The birth date inside the number does not exist. Please check it."),
    "id_unreadable": _l("This is no ID number."),
    "id_as_number": _l("This is no ID number."),
    "born_on_contradicts_id": _l("The birth date is not the one of the ID number. Check both."),
    "minor": _l("Somebody under 18 signs up with their guardian, on a telephone."),
    "born_on_not_believable": _l("This birth date is not believable."),
    "no_file": _l("Please choose a file."),
}


def complaint_text(complaint: str) -> str:
    """Say a complaint, ``code`` or ``code:limit``, in the reader's language."""
    code, _, limit = complaint.partition(":")
    sentence = COMPLAINTS.get(code, COMPLAINTS["unreadable"])
    return str(sentence) % {"limit": limit} if "%(limit)s" in str(sentence) else str(sentence)
