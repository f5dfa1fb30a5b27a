"""The reads of the week: each gives frozen dataclasses, in a fixed number of statements whatever the size."""
