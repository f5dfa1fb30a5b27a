"""What the registry refuses, named for what it says. `web` makes sentences of codes; no personal value is in one."""

from typing import ClassVar


class Refusal(Exception):
    """The base: a stable `code`, and `parameters` that are ids, codes and counts only."""

    code: ClassVar[str] = "refused"

    def __init__(self, **parameters: object) -> None:
        self.parameters = parameters
        super().__init__(f"{self.code} {parameters}" if parameters else self.code)


class NotPermitted(Refusal):
    """The actor lacks the permission; the same answer as for what is not there."""

    code = "not_permitted"


class NoSuchMapping(Refusal):
    """No mapping has this source code."""

    code = "no_such_mapping"


class MappingUnsound(Refusal):
    """A mapping names a field that we do not have, or lacks one that must be there."""

    code = "mapping_unsound"


class FileUnreadable(Refusal):
    """The file is neither text in an encoding we know nor a workbook; `reason` is a code."""

    code = "file_unreadable"


class FileTooLarge(Refusal):
    """The file, a line, a row or an unpacked workbook is beyond the limits; `what` and `limit` say which."""

    code = "file_too_large"


class HeadingsNotFound(Refusal):
    """No row within the first ones carries the headings of the mapping; `missing` lists those that must be there."""

    code = "headings_not_found"


class ImportOvertaken(Refusal):
    """Another import of the same feed began; what this one has stored stays."""

    code = "import_overtaken"


class NoSuchPerson(Refusal):
    """There is no such person, or the actor may not see them."""

    code = "no_such_person"


class NoSuchPair(Refusal):
    """There is no such pair for review."""

    code = "no_such_pair"


class NoSuchEvent(Refusal):
    """There is no such event in a person's history."""

    code = "no_such_event"


class NoSuchRecord(Refusal):
    """A source record is not there, or not this person's."""

    code = "no_such_record"


class PairClaimed(Refusal):
    """Another steward is deciding this pair, until `claimed_until`."""

    code = "pair_claimed"


class PairNotWaiting(Refusal):
    """The pair has been decided, or something else answered it."""

    code = "pair_not_waiting"


class NothingToUndo(Refusal):
    """The event or decision has been undone already, or a later one stands on it (`event_id`)."""

    code = "nothing_to_undo"


class SamePerson(Refusal):
    """A person cannot be merged with themselves."""

    code = "same_person"


class WouldDoubleBook(Refusal):
    """The two persons hold seats at overlapping times; `assignment_ids` lists them."""

    code = "would_double_book"


class WouldEmptyPerson(Refusal):
    """A split must leave at least one source record with the person."""

    code = "would_empty_person"


class ConflictingNumbers(Refusal):
    """The records carry two different valid identity numbers; a merge says so explicitly."""

    code = "conflicting_numbers"


class SignUpIncomplete(Refusal):
    """A sign-up cannot be used as it stands; `problems` lists field and code."""

    code = "sign_up_incomplete"


class TooFewPairs(Refusal):
    """Not enough pairs with two valid numbers to train weights; `pairs` and `needed` say how many."""

    code = "too_few_pairs"


class ReasonMissing(Refusal):
    """Showing a whole number takes a reason."""

    code = "reason_missing"
