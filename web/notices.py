"""Notices on the next page: what was done, and the way back from it. Undo takes the place of *are you sure*."""

from typing import Any, cast

from flask import flash


def flash_with_undo(text: str, undo: str, tone: str = "waiting") -> None:
    """Say `text` on the next page, with a button that posts to the address `undo`."""
    notice: dict[str, Any] = {"text": text, "undo": undo}
    flash(cast("str", notice), tone)  # Flask keeps whatever JSON can hold
