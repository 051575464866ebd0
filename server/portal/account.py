"""Signing in and out; a few wrong passwords lock the account, as real sites do."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from podium.server.portal.site import ATTEMPTS_BEFORE_LOCK, Site, Visit


def account_routes(site: Site) -> list[Route]:
    """Return the routes of signing in and out."""
    words, paths = site.words, site.paths

    async def show_sign_in(visit: Visit) -> Response:
        if visit.session.user is not None:
            return site.redirect(paths.home, visit.session)
        notice, visit.session.notice = visit.session.notice, ""
        return _sign_in_page(site, visit, notice=notice)

    async def sign_in(visit: Visit) -> Response:
        user = visit.text("username")
        locked = site.wrong_attempts.get(user, 0) >= ATTEMPTS_BEFORE_LOCK
        right = user == site.world.username and visit.fields.get("password") == site.world.password
        ok = right and not locked
        if not ok and not locked:
            site.wrong_attempts[user] = site.wrong_attempts.get(user, 0) + 1
            locked = site.wrong_attempts[user] >= ATTEMPTS_BEFORE_LOCK
        site.truth.record_sign_in(user, ok=ok, locked=locked)
        if not ok:
            key = "sign_in_locked" if locked else "sign_in_wrong"
            return _sign_in_page(site, visit, error=words[key], user=user)
        site.wrong_attempts.pop(user, None)
        wanted = visit.text("next")
        inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
        return site.redirect(
            wanted if inside else paths.home, site.start_session(visit.session, user=user)
        )

    async def sign_out(visit: Visit) -> Response:
        visit.accept()
        fresh = site.start_session(visit.session, user=None)
        fresh.notice = words["signed_out"]
        return site.redirect(paths.sign_in, fresh)

    return [
        site.route(paths.sign_in, show_sign_in, public=True),
        site.route(paths.sign_in, sign_in, kind="sign_in", public=True, recorded=False),
        site.route(paths.sign_out, sign_out, kind="sign_out", public=True),
    ]


def _sign_in_page(
    site: Site, visit: Visit, *, error: str = "", notice: str = "", user: str = ""
) -> Response:
    return site.render(
        visit,
        "sign_in.html",
        error=error,
        notice=notice,
        user=user,
        wanted=visit.text("next"),
    )
