"""Signed links that answer an offer, or a call for a stand-in. A link proves the right to one question, no more.

It is good until the offer is answered or lapses: the offer's own state closes it, so a link that leaks later opens
nothing. It holds a number only.
"""

from itsdangerous import BadSignature, URLSafeSerializer

_OFFER = "linli.offer/1"
_STAND_IN = "linli.stand_in/1"
_FRIEND = "linli.friend/1"


def offer_token(secret: str, offer_id: int) -> str:
    """Give the token of an offer's link."""
    return URLSafeSerializer(secret, salt=_OFFER).dumps(offer_id)


def offer_of_token(secret: str, token: str) -> int | None:
    """Give the offer that a token speaks of, None when it is forged."""
    try:
        offer_id = URLSafeSerializer(secret, salt=_OFFER).loads(token)
    except BadSignature:
        return None
    return offer_id if isinstance(offer_id, int) else None


def offer_link(public_url: str, secret: str, offer_id: int) -> str:
    """Give the address that a message carries."""
    return f"{public_url}/o/{offer_token(secret, offer_id)}"


def stand_in_link(public_url: str, secret: str, handover_id: int, person_id: int) -> str:
    """Give the address by which one person who was asked to stand in answers."""
    token = URLSafeSerializer(secret, salt=_STAND_IN).dumps([handover_id, person_id])
    return f"{public_url}/s/{token}"


def stand_in_of_token(secret: str, token: str) -> tuple[int, int] | None:
    """Give the handover and the person whom it asks, None when the token is forged."""
    try:
        handover_id, person_id = URLSafeSerializer(secret, salt=_STAND_IN).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return int(handover_id), int(person_id)


def friend_token(secret: str, handover_id: int) -> str:
    """Give the token that the holder of a seat passes on to a friend; the search's own state closes it."""
    return URLSafeSerializer(secret, salt=_FRIEND).dumps(handover_id)


def handover_of_friend(secret: str, token: str) -> int | None:
    """Give the handover that a friend's token speaks of, None when it is forged."""
    try:
        handover_id = URLSafeSerializer(secret, salt=_FRIEND).loads(token)
    except BadSignature:
        return None
    return handover_id if isinstance(handover_id, int) else None
