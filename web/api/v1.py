"""Version 1 whole: importing it hangs every address on the blueprint, in the order of the description.

A program signs in with a token; a page of this site may use its session, with the token against forgery.
"""

from web.api import coordinators, day, door, operators, questions, stewards, volunteers, webhooks, week
from web.api.blueprint import api

__all__ = ["api", "coordinators", "day", "door", "operators", "questions", "stewards", "volunteers", "webhooks", "week"]
