"""Going to an address, with the origin's own credential where HTTP itself asks for one."""

from __future__ import annotations

from podium.state.errors import Fatal
from podium.state.origins import origin_of
from podium.tools.running.task import Task


async def go(task: Task, url: str) -> None:
    """Load an address; a challenge of HTTP authentication is answered once, from the vault.

    Raises:
        Fatal: As `Page.goto`; `sign_in_failed` where the challenge has no right answer.
        StepError: As `Page.goto`.
    """
    page = task.live_page
    try:
        await page.goto(url)
    except Fatal as error:
        if error.code != "http_status" or not _challenged(task):
            raise
    else:
        return
    origin = origin_of(url)
    stored = task.services.vault.for_origin(origin)
    if stored is None:
        raise Fatal(
            f"{origin} asks for a user name and a password before it shows a page",
            code="sign_in_failed",
            hint=f"Store them with `podium secret set NAME --origin {origin}`.",
        )
    credential = task.services.vault.open(stored.name, origin=origin)
    await page.authenticate(credential.user, credential.password, origin=credential.origin)
    try:
        await page.goto(url)
    except Fatal as error:
        if error.code != "http_status" or not _challenged(task):
            raise
        raise Fatal(
            f"{origin} refused the credential {stored.name!r}",
            code="sign_in_failed",
            hint="Check it; it was sent once and is not tried again.",
        ) from error
    task.evidence["authenticated"] = stored.name


def _challenged(task: Task) -> bool:
    documents = task.live_page.traffic().documents
    return bool(documents) and documents[-1][1] == 401
