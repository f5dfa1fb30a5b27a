"""Needs become hours: the use cases of the week, and the reads of them in :mod:`matching.queries`.

A use case is ``verb(session, actor, *, …, now)``: it checks, changes, flushes at most, and never commits. This room
knows neither Flask nor Celery nor the registry; it hands the solver plain data.
"""
