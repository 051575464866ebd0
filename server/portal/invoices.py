"""The invoices list with its filter, order and pages, one page per invoice, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from podium.server.portal.data import Invoice
from podium.server.portal.layout import INVOICE_COLUMNS
from podium.server.portal.site import Site, Visit


@dataclass(frozen=True, kw_only=True)
class _Listing:
    """The question that a list address asks."""

    status: str
    sort: str
    direction: str
    page: int


def invoice_routes(site: Site) -> list[Route]:
    """Return the routes below the invoices menu."""
    by_key = {row.key: row for row in site.world.invoices}

    async def listing(visit: Visit) -> Response:
        asked = _asked(visit, site)
        rows = _selected(site, asked)
        pages = max(1, -(-len(rows) // site.layout.page_size))
        page = min(asked.page, pages)
        first = (page - 1) * site.layout.page_size

        def page_link(number: int) -> str:
            return _link(site, asked, page=str(number))

        def sort_link(column: str) -> str:
            flipped = asked.sort == column and asked.direction == "asc"
            return _link(site, asked, sort=column, dir="desc" if flipped else "asc")

        return site.render(
            visit,
            "invoices.html",
            rows=rows[first : first + site.layout.page_size],
            total=len(rows),
            first=first + 1,
            asked=asked,
            statuses=site.statuses,
            page=page,
            pages=pages,
            page_link=page_link,
            sort_link=sort_link,
        )

    async def detail(visit: Visit) -> Response:
        row = by_key.get(visit.request.path_params["key"])
        if row is None:
            return site.message(visit, "not_found", status=404)
        notice, visit.session.notice = visit.session.notice, ""
        status = site.statuses[row.meaning]
        return site.render(visit, "invoice.html", row=row, status_word=status, notice=notice)

    async def dispute(visit: Visit) -> Response:
        row = by_key.get(visit.request.path_params["key"])
        if row is None:
            return site.message(visit, "not_found", status=404)
        visit.accept()
        visit.session.notice = site.words["disputed"]
        return site.redirect(row.path, visit.session)

    return [
        site.route(site.paths.invoices, listing),
        site.route(site.paths.invoices + "/{key}", detail),
        site.route(site.paths.invoices + "/{key}/dispute", dispute, kind="dispute"),
        _download_route(site, by_key, "csv"),
        _download_route(site, by_key, "pdf"),
    ]


def _download_route(site: Site, by_key: Mapping[str, Invoice], ending: str) -> Route:
    async def page(visit: Visit) -> Response:
        row = by_key.get(visit.request.path_params["key"])
        if row is None:
            return site.message(visit, "not_found", status=404)
        return site.serve_file(visit, row.csv if ending == "csv" else row.pdf)

    return site.route(f"{site.paths.invoices}/{{key}}/{ending}", page)


def _asked(visit: Visit, site: Site) -> _Listing:
    page, sort = visit.text("page"), visit.text("sort")
    usual = "desc" if site.layout.newest_first else "asc"
    direction = visit.text("dir")
    return _Listing(
        status=visit.text("status") if visit.text("status") in site.statuses else "",
        sort=sort if sort in INVOICE_COLUMNS else "issued",
        direction=direction if direction in ("asc", "desc") else usual,
        page=max(1, int(page)) if page.isdecimal() else 1,
    )


def _selected(site: Site, asked: _Listing) -> list[Invoice]:
    wanted = [row for row in site.world.invoices if asked.status in ("", row.meaning)]
    ordered = _ordered(site, wanted, asked.sort)
    return ordered[::-1] if asked.direction == "desc" else ordered


def _ordered(site: Site, rows: list[Invoice], column: str) -> list[Invoice]:
    match column:
        case "number":
            return sorted(rows, key=lambda row: row.number)
        case "party":
            return sorted(rows, key=lambda row: row.party.casefold())
        case "due":
            return sorted(rows, key=lambda row: row.due)
        case "amount":
            return sorted(rows, key=lambda row: row.amount_cents)
        case "status":  # by the word, which is what the visitor sees
            return sorted(rows, key=lambda row: site.statuses[row.meaning])
        case _:
            return sorted(rows, key=lambda row: row.issued)


def _link(site: Site, asked: _Listing, **changed: str) -> str:
    query = {"status": asked.status, "sort": asked.sort, "dir": asked.direction} | changed
    return site.link(site.paths.invoices, **query)
