"""What pages and commands read: nouns, frozen, with numbers masked. Nothing here writes."""

from registry.queries.imports import BatchView, IssueView, batches, issue_counts, issues_of_batch
from registry.queries.pairs import PairView, RecordView, ReviewProgress, pair_view, review_progress, waiting_pairs
from registry.queries.people import AttributeView, EventView, PersonView, person_view, resolved_person
from registry.queries.summary import AgencyQuality, RegistrySummary, agency_quality, summary

__all__ = [
    "AgencyQuality",
    "AttributeView",
    "BatchView",
    "EventView",
    "IssueView",
    "PairView",
    "PersonView",
    "RecordView",
    "RegistrySummary",
    "ReviewProgress",
    "agency_quality",
    "batches",
    "issue_counts",
    "issues_of_batch",
    "pair_view",
    "person_view",
    "resolved_person",
    "review_progress",
    "summary",
    "waiting_pairs",
]
