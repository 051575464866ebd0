"""The folders and their files."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from podium.server.portal.data import Folder
from podium.server.portal.site import Site, Visit


def document_routes(site: Site) -> list[Route]:
    """Return the routes of the documents area."""
    by_path = {folder.path: folder for folder in site.world.folders}
    files = {file.path: file for folder in site.world.folders for file in folder.files}

    def trail(folder: Folder) -> list[Folder]:
        above = [] if folder.path == "" else trail(by_path[folder.parent])
        return [*above, folder]

    async def show(visit: Visit) -> Response:
        folder = by_path.get(str(visit.request.path_params.get("folder", "")).strip("/"))
        if folder is None:
            return site.message(visit, "not_found", status=404)
        inside = [
            other for other in site.world.folders if other.path and other.parent == folder.path
        ]
        return site.render(
            visit, "documents.html", folder=folder, subfolders=inside, trail=trail(folder)
        )

    async def download(visit: Visit) -> Response:
        file = files.get(visit.request.url.path)
        return (
            site.serve_file(visit, file) if file else site.message(visit, "not_found", status=404)
        )

    return [
        site.route(site.paths.documents, show),
        site.route(site.paths.documents + "/{folder:path}", show),
        site.route(site.paths.files + "/{file}", download),
    ]
