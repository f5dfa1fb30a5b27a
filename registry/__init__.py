"""Source records become persons: mappings, intake, standard form, linkage, review, golden record, merge and split.

Refuses the roster and OR-Tools. One door in (:mod:`registry.intake`), one way out (:func:`registry.links.links`).
"""
