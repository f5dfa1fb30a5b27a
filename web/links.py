"""Signed links that answer an offer without signing in. The link proves the right to one offer and nothing else.

It is good until the offer is answered or lapses: the offer's own state closes it, so a link that leaks later opens
nothing. It holds a number only.
"""

from itsdangerous import BadSignature, URLSafeSerializer

_OFFER = "linli.offer/1"


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
