"""A world to try the service in: an invented city on real ground, as the dirty files its agencies would send.

The generator writes files and nothing else; loading them goes through the same use cases as real life. What is real
and what is invented stands in `docs/sample-city.md`.
"""
