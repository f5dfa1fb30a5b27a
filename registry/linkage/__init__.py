"""Record linkage: features, candidate pairs, comparisons, a scorecard, decisions, clusters. Arrays in, arrays out.

This package knows no database. One set of compiled functions compares pairs in bulk and one by one, so the two cannot
disagree.
"""
