"""The ticket form, which is the portal's write, its confirmation, and the list of tickets."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from podium.server.portal.site import Site, Visit
from podium.server.portal.truth import Ticket

CATEGORIES = ("billing", "delivery", "product", "technical")
PRIORITIES = ("low", "normal", "high")


def ticket_routes(site: Site) -> list[Route]:
    """Return the routes below the tickets menu."""
    words, paths = site.words, site.paths

    async def listing(visit: Visit) -> Response:
        return site.render(visit, "tickets.html", tickets=site.truth.tickets[::-1])

    async def form(visit: Visit) -> Response:
        return _form(site, visit, missing=())

    async def create(visit: Visit) -> Response:
        missing = _missing(visit)
        if missing:
            return _form(site, visit, missing=missing)
        visit.accept()
        ticket = site.truth.add_ticket(
            subject=visit.text("subject"),
            category=words[f"category_{visit.text('category')}"],
            priority=words[f"priority_{visit.text('priority')}"],
            message=visit.text("message"),
            copy="copy" in visit.fields,
        )
        if not site.layout.redirect_after_post:
            return _ticket(site, visit, ticket, notice=words["ticket_created"])
        visit.session.notice = words["ticket_created"]
        return site.redirect(f"{paths.tickets}/{ticket.number}", visit.session)

    async def detail(visit: Visit) -> Response:
        number = visit.request.path_params["number"]
        ticket = next((row for row in site.truth.tickets if row.number == number), None)
        if ticket is None:
            return site.message(visit, "not_found", status=404)
        notice, visit.session.notice = visit.session.notice, ""
        return _ticket(site, visit, ticket, notice=notice)

    return [
        site.route(paths.tickets, listing),
        site.route(paths.new_ticket, form),
        site.route(paths.new_ticket, create, kind="ticket"),
        site.route(paths.tickets + "/{number}", detail),
    ]


def _missing(visit: Visit) -> tuple[str, ...]:
    allowed = {"category": CATEGORIES, "priority": PRIORITIES}
    keys = ("subject", "category", "priority", "message")
    return tuple(
        key
        for key in keys
        if not visit.text(key) or (key in allowed and visit.text(key) not in allowed[key])
    )


def _form(site: Site, visit: Visit, *, missing: tuple[str, ...]) -> Response:
    return site.render(
        visit,
        "ticket_new.html",
        status=422 if missing else 200,
        missing=missing,
        given=visit.fields,
        categories=CATEGORIES,
        priorities=PRIORITIES,
    )


def _ticket(site: Site, visit: Visit, ticket: Ticket, *, notice: str) -> Response:
    return site.render(visit, "ticket.html", ticket=ticket, notice=notice)
