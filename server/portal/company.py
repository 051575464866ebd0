"""The dashboard and the pages around it: payments, invoice settings, the company's profile."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from podium.server.portal.data import TODAY, Invoice
from podium.server.portal.site import Site, Visit


def _paid_on(row: Invoice) -> date:
    return min(row.due, TODAY)


def company_routes(site: Site) -> list[Route]:
    """Return the routes of the dashboard and of the pages that look like invoices but are not."""
    words, paths = site.words, site.paths

    async def home(visit: Visit) -> Response:
        unpaid = [row for row in site.world.invoices if row.meaning != "paid"]
        return site.render(
            visit,
            "dashboard.html",
            open_total=sum(row.amount_cents for row in unpaid),
            recent=site.world.invoices[:-6:-1],
            statuses=site.statuses,
            file_count=sum(len(folder.files) for folder in site.world.folders),
        )

    async def payments(visit: Visit) -> Response:
        paid = [row for row in site.world.invoices if row.meaning == "paid"]
        return site.render(visit, "payments.html", rows=paid[:-9:-1], paid_on=_paid_on)

    async def settings(visit: Visit) -> Response:
        notice, visit.session.notice = visit.session.notice, ""
        return site.render(visit, "settings.html", notice=notice)

    async def save_settings(visit: Visit) -> Response:
        visit.accept()
        visit.session.notice = words["saved"]
        return site.redirect(paths.invoice_settings, visit.session)

    async def profile(visit: Visit) -> Response:
        return site.render(visit, "profile.html")

    return [
        site.route(paths.home, home),
        site.route(paths.payments, payments),
        site.route(paths.invoice_settings, settings),
        site.route(paths.invoice_settings, save_settings, kind="settings"),
        site.route(paths.profile, profile),
    ]
