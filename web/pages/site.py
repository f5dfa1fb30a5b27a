"""Pages for everybody: the start page, the rules by which wishes are matched, and the switches of the header."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import update

from models.account import Account
from web.access import public
from web.assets import STATIC, asset
from web.current import current_settings, current_work
from web.language import LANGUAGE_COOKIE, LANGUAGES, TAGS, TYPE_COOKIE, current_language
from web.navigation import own_path, start_url
from web.pages.demonstration import demo_sign_ins

site = Blueprint("site", __name__)
_YEAR = 365 * 24 * 3600


@site.get("/")
@public
def home() -> ResponseReturnValue:
    """Say what this is to a stranger; send a reader to where their day starts."""
    if current_user.is_authenticated and start_url() != url_for("site.home"):
        return redirect(start_url())
    return render_template("site/home.html", sign_ins=demo_sign_ins() if current_settings().demo else ())


@site.get("/how-we-match")
@public
def rules() -> ResponseReturnValue:
    """Give the written rule by which wishes are matched (北京市志愿服务促进条例, 2020)."""
    return render_template("site/rules.html")


@site.get("/your-data")
@public
def privacy() -> ResponseReturnValue:
    """Say what is kept, why, for how long, and what a person can ask for (PIPL 17)."""
    return render_template("site/privacy.html")


@site.get("/for-programs")
@public
def program() -> ResponseReturnValue:
    """Say how another system talks to this one."""
    return render_template("site/program.html")


@site.post("/language")
@public
def language() -> ResponseReturnValue:
    """Switch the language, for this browser and for the account."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        return _keep(LANGUAGE_COOKIE, chosen, language=chosen)
    return redirect(url_for("site.home"))


@site.post("/type-size")
@public
def type_size() -> ResponseReturnValue:
    """Switch large type on or off."""
    size = "large" if request.form.get("size") == "large" else "normal"
    return _keep(TYPE_COOKIE, size, large_type=size == "large")


@site.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Describe the site to a telephone that keeps it on its first screen."""
    answer = jsonify(
        id=url_for("site.home"),
        name=gettext("Linli"),
        short_name=gettext("Linli"),
        description=gettext("Linli — neighbours who turn up."),
        lang=TAGS[current_language()],
        dir="ltr",
        start_url=url_for("site.home"),
        scope=url_for("site.home"),
        display="standalone",
        orientation="any",
        categories=["social", "lifestyle"],
        background_color="#f5f7f3",
        theme_color="#14634b",
        icons=[
            {"src": asset("img/linli.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": asset("img/linli-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset("img/linli-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": asset("img/linli-512-maskable.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
        shortcuts=[
            {"name": gettext("My week"), "url": url_for("volunteer.week")},
            {"name": gettext("Find a need"), "url": url_for("finding.find")},
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@site.get("/worker.js")
@public
def worker() -> ResponseReturnValue:
    """Give the service worker; it stands at the root, since it looks after the pages below its own address."""
    answer = Response((STATIC / "js" / "worker.js").read_bytes(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@site.get("/offline")
@public
def offline() -> ResponseReturnValue:
    """Say that the network is away; kept by the service worker, and shown in place of what it cannot fetch."""
    return render_template("site/offline.html")


def _keep(cookie: str, value: str, **columns: Any) -> ResponseReturnValue:
    """Keep a wish in the browser, and on the account of whoever signed in."""
    if current_user.is_authenticated:
        with current_work().begin() as session:
            session.execute(update(Account).where(Account.id == current_user.account_id).values(**columns))
    answer = redirect(own_path(request.form.get("next")) or url_for("site.home"))
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(cookie, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=secure)
    return answer
