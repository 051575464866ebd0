"""The catalogue: an empty page, and the JSON that its script fills it from."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from podium.server.portal.data import Product
from podium.server.portal.site import Site, Visit


def catalogue_routes(site: Site) -> list[Route]:
    """Return the routes of the catalogue."""
    by_sku = {row.sku.lower(): row for row in site.world.products}

    def shown_stock(row: Product) -> str:
        return str(row.stock) if row.stock else site.words["sold_out"]

    async def shell(visit: Visit) -> Response:
        wanted = visit.text("q")
        source = site.link(site.paths.products_api, q=wanted)
        return site.render(visit, "catalogue.html", wanted=wanted, source=source)

    async def products(visit: Visit) -> Response:
        found = [row for row in site.world.products if _matches(row, visit.text("q"))]
        size = site.layout.product_page_size
        pages = max(1, -(-len(found) // size))
        asked = visit.text("page")
        page = min(max(1, int(asked)), pages) if asked.isdecimal() else 1
        items = [
            {
                "sku": row.sku,
                "name": row.name,
                "price": site.layout.shown_money(row.price_cents),
                "stock": shown_stock(row),
                "href": f"{site.paths.catalogue}/{row.sku.lower()}",
            }
            for row in found[(page - 1) * size : page * size]
        ]
        return JSONResponse({"items": items, "page": page, "pages": pages, "total": len(found)})

    async def product(visit: Visit) -> Response:
        row = by_sku.get(visit.request.path_params["sku"])
        if row is None:
            return site.message(visit, "not_found", status=404)
        return site.render(visit, "product.html", row=row, stock=shown_stock(row))

    return [
        site.route(site.paths.catalogue, shell),
        site.route(site.paths.catalogue + "/{sku}", product),
        site.route(site.paths.products_api, products),
    ]


def _matches(row: Product, wanted: str) -> bool:
    text = f"{row.sku} {row.name}".casefold()
    return all(word in text for word in wanted.casefold().split())
