"""Figures as they are written on pages."""

import pytest
from flask import Flask
from flask_babel import force_locale

from web.moments import distance_text, percent_text


@pytest.mark.parametrize(
    ("share", "places", "text"),
    [
        (None, 0, "—"),
        (0.0, 0, "0%"),
        (0.001, 0, "1%"),
        (0.345, 0, "34%"),
        (0.9986, 0, "99%"),
        (0.99996, 1, "99.9%"),
        (1.0, 1, "100.0%"),
        (1.25, 0, "125%"),
    ],
)
def test_what_is_not_quite_all_is_not_written_as_all(share: float | None, places: int, text: str) -> None:
    assert percent_text(share, places) == text


@pytest.mark.parametrize(
    ("metres", "text"), [(0, "不到 100 米"), (99, "不到 100 米"), (430, "430 米"), (1150, "1.1 公里")]
)
def test_no_distance_is_finer_than_an_address(words_app: Flask, metres: float, text: str) -> None:
    with words_app.test_request_context(), force_locale("zh_Hans_CN"):
        assert distance_text(metres) == text
