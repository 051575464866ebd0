"""One run's live session: the port `Page`, put together from the parts of this package."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, TypeVar

from podium.state.document import JsonObject
from podium.state.errors import Fatal, NotPermitted, Retryable
from podium.tools.browser.acting import Hand
from podium.tools.browser.downloads import Arrival, name_from_url, safe_name
from podium.tools.browser.fetching import Fetched, fetch_file
from podium.tools.browser.history import History
from podium.tools.browser.masking import Masker
from podium.tools.browser.origins import origin_of
from podium.tools.browser.reading import Place, read_frames
from podium.tools.browser.recording import Recording
from podium.tools.browser.room import Room
from podium.tools.browser.settling import settle
from podium.tools.browser.snapshot import assemble
from podium.tools.browser.storage import SiteStorage
from podium.tools.browser.wire import DevToolsError, flag, mapping, objects, text
from podium.tools.page import DialogAnswer, Download, Snapshot, StepPolicy, Tab, Traffic
from podium.tools.recording.actions import Action

T = TypeVar("T")
_RELOAD_TRIES = 6
_SMALL_PAGE = 400
"""Below that many elements putting a snapshot together takes less time than handing it to a thread."""
_HTML = frozenset({"text/html", "application/xhtml+xml", ""})
_LOOK_S = 0.2
"""How often a page is looked at that nobody tells of."""


class BrowserPage:
    """A `Page` on one browser context of the process's Chromium."""

    def __init__(
        self,
        run_id: str,
        room: Room,
        *,
        max_bytes: int,
        on_close: Callable[[BrowserPage], None],
    ) -> None:
        self.run_id = run_id
        self.room = room
        self.guard = guard = room.guard
        self._wire = wire = room.wire
        self._tabs = tabs = room.tabs
        self._downloads = room.downloads
        self._max_bytes = max_bytes
        self._on_close = on_close
        self._masker = Masker()
        self._hand = Hand(wire, tabs, guard)
        self._storage = SiteStorage(wire, tabs, guard)
        self._history = History(wire, self._session)
        self._places: dict[str, Place] = {}
        """Document id, the first part of refs -> where it stands, as of the latest snapshot."""
        self._secret_refs: list[str] = []
        self._documents_from = 0
        self._dialogs_from = 0
        self._closed = False

    @property
    def alive(self) -> bool:
        """Whether there is still a page to act on."""
        return not self._closed and self.room.alive

    # -- a person at work --------------------------------------------------------------------------

    @property
    def devtools(self) -> str:
        """Chromium's DevTools address, for a person at another screen."""
        return self.room.chromium.address

    def recording(self, *, told: Callable[[Action], None] | None = None) -> Recording:
        """Return what watches a person in this session's tabs."""
        return Recording(self.room, told=told)

    async def closed(self) -> None:
        """Return when the last tab is closed."""
        while self.alive:
            await self._tabs.activity.changed(_LOOK_S)

    # -- policy and traffic ------------------------------------------------------------------------

    async def begin(self, policy: StepPolicy) -> None:
        """Put the policy in force for what follows, and start counting traffic anew."""
        self.guard.begin(policy)
        self._documents_from = len(self._tabs.activity.documents)
        self._dialogs_from = len(self._tabs.dialogs)

    def traffic(self) -> Traffic:
        """Return what happened since `begin`."""
        clean = self._masker.text
        documents = self._tabs.activity.documents[self._documents_from :]
        return self.guard.traffic(
            clean,
            documents=tuple((clean(one.url), one.status) for one in documents),
            dialogs=tuple(clean(dialog) for dialog in self._tabs.dialogs[self._dialogs_from :]),
        )

    # -- going and waiting -------------------------------------------------------------------------

    async def goto(self, url: str, *, timeout_s: float = 30.0) -> None:
        """Load an address and let the page settle.

        Raises:
            NotPermitted: If its origin is not in the plan.
            Retryable: If the site cannot be reached or does not answer in time (`unreachable`, `timeout`).
            Fatal: If it answers with an error status of 400 or more for the document (`http_status`).
        """
        origin = origin_of(url)
        if not self.guard.permits(origin):
            raise NotPermitted(
                f"{origin} is not in the approved plan",
                hint="Add the site to the plan and approve it.",
            )
        await self._tabs.wait_active()
        session = await self._session()
        await self._storage.remember(
            [place.frame for place in self._places.values()], leaving_for=str(origin)
        )
        # A `#/route` that is open already would stay as it is, scrolled and filled: going there means loading it.
        again = "#" in url and await self._history.stands_at(url)
        self.guard.loading()
        before = len(self._tabs.activity.documents)
        mark = self._downloads.mark()
        deadline = time.monotonic() + timeout_s
        try:
            if again:
                await self._wire.send("Page.navigate", {"url": "about:blank"}, session)
            answer = await self._wire.send(
                "Page.navigate", {"url": url}, session, timeout_s=timeout_s
            )
        except DevToolsError as error:
            raise Retryable(
                f"{url!r} could not be opened: {error.detail}", code="unreachable"
            ) from error
        except Retryable as error:
            if error.code == "timeout":
                await self._stop_loading(session)
                raise Retryable(
                    f"{url!r} did not answer in {timeout_s:.0f} s", code="timeout"
                ) from error
            raise
        failure = text(answer, "errorText")
        if failure and not (failure == "net::ERR_ABORTED" and self._arrived(mark)):
            self._raise_unreachable(url, failure)
        if failure or flag(answer, "isDownload"):
            return
        loaded = await self._await_load(deadline, expected=text(answer, "loaderId"))
        await settle(self._tabs, timeout_s=max(1.0, deadline - time.monotonic()))
        self._judge_documents(url, before)
        if not loaded and self._tabs.loading():
            await self._stop_loading(session)

    async def _await_load(self, deadline: float, *, expected: str) -> bool:
        """Wait until the document that was asked for, or the one it forwarded to, is there."""
        while time.monotonic() < deadline:
            if (
                not expected
                or self._tabs.activity.last_load.get(self._tabs.active) == expected
                or not self._tabs.loading()
            ):
                return True
            await self._tabs.activity.changed(max(0.05, min(0.5, deadline - time.monotonic())))
        return False

    async def _stop_loading(self, session: str) -> None:
        try:
            await self._wire.send("Page.stopLoading", {}, session, timeout_s=2)
        except (DevToolsError, Retryable):
            return

    def _raise_unreachable(self, url: str, failure: str) -> None:
        blocked = self.guard.last_blocked()
        if blocked:
            raise NotPermitted(
                f"{url!r} led to {blocked}, which the approved plan does not name",
                hint="Add the site to the plan and approve it.",
            )
        code = "timeout" if "TIMED_OUT" in failure else "unreachable"
        said = failure.removeprefix("net::")
        # The proxy hangs up where nothing answers it: Chromium calls that an empty response.
        said = {"ERR_EMPTY_RESPONSE": "nothing answers there"}.get(said, said)
        raise Retryable(
            f"{self._masker.text(url)!r} cannot be reached ({said})",
            code=code,
            hint="Check the address, and that the site is up.",
        )

    def _judge_documents(self, url: str, before: int) -> None:
        documents = [
            entry
            for entry in self._tabs.activity.documents[before:]
            if entry.target == self._tabs.active
        ]
        if not documents:
            return
        status = documents[-1].status
        if status in {408, 425, 429, 502, 503, 504}:
            raise Retryable(
                f"{self._masker.text(url)!r} answered with status {status}", code="http_status"
            )
        if status >= 400:
            raise Fatal(
                f"{self._masker.text(url)!r} answered with status {status}", code="http_status"
            )

    async def back(self) -> None:
        """Go back one entry of the tab's history. Raises: Retryable, if Chromium does not."""
        entry = await self._history.previous()
        if entry is None:
            return
        self.guard.loading()
        await self._history.show(entry)
        await settle(self._tabs, timeout_s=15.0)

    async def settle(self, *, timeout_s: float = 10.0) -> bool:
        """Return whether document, network and layout are quiet; false when the time was up before."""
        return await settle(self._tabs, timeout_s=timeout_s)

    async def url(self) -> str:
        """Return the address of the active tab."""
        frames = await self._living(self._tabs.frames)
        return self._masker.text(frames[0].url) if frames else ""

    # -- reading -----------------------------------------------------------------------------------

    async def snapshot(self) -> Snapshot:
        """Return what the page shows now."""
        parts, places = await self._living(lambda: read_frames(self._tabs))
        self._places = places
        for index, part in enumerate(parts):
            cleaned = self._masker.json(part.raw)
            parts[index] = type(part)(mapping(cleaned), part.names, part.offset, part.shown)
        if sum(len(objects(part.raw, "nodes")) for part in parts) < _SMALL_PAGE:
            return assemble(parts)
        return await asyncio.to_thread(assemble, parts)  # the loop serves people too

    async def _living(self, read: Callable[[], Awaitable[T]]) -> T:
        """Read the page, again when its document was replaced meanwhile."""
        for attempt in range(_RELOAD_TRIES):
            try:
                return await read()
            except DevToolsError as error:
                if not error.context_gone or attempt == _RELOAD_TRIES - 1:
                    raise Retryable(
                        f"The page could not be read: {error.detail[:200]}", code="browser_gone"
                    ) from error
                await settle(self._tabs, timeout_s=5.0)
        raise Retryable("The page keeps reloading", code="timeout")

    def _place_of(self, ref: str) -> Place:
        place = self._places.get(ref.split(".")[0])
        if place is None:
            raise Retryable("The element belongs to a page that is gone", code="stale")
        return place

    async def _session(self) -> str:
        return (await self._tabs.session()).id

    # -- acting ------------------------------------------------------------------------------------

    async def click(self, ref: str, *, timeout_s: float = 10.0) -> None:
        """Click the element once it is ready (attached, visible, stable, enabled, topmost), then let the page settle.

        Raises:
            Retryable: If it does not become ready in time (`not_ready`), is covered (`covered`), or is gone (`stale`).
        """
        await self._hand.click(self._place_of(ref), ref, self._places, timeout_s=timeout_s)
        await self._after(max(timeout_s, 10.0))

    async def _after(self, timeout_s: float) -> None:
        await settle(self._tabs, timeout_s=timeout_s)
        self.guard.raise_failure()

    async def hover(self, ref: str) -> None:
        """Move the pointer over the element."""
        await self._hand.hover(self._place_of(ref), ref, self._places)
        await settle(self._tabs, timeout_s=3.0)

    async def fill(self, ref: str, text: str) -> None:
        """Replace the control's value by the text, as typed by a person; the control holds it afterwards.

        Raises:
            Fatal: If the control does not take it (`value`).
        """
        await self._hand.fill(self._place_of(ref), ref, self._places, text)

    async def fill_secret(self, ref: str, text: str, *, origin: str) -> None:
        """Type a secret into a control of a frame of exactly that origin, and mask it from now on.

        Raises:
            Refused: If the element's frame has another origin (`blocked_origin`).
        """
        self._masker.add(text)
        self._secret_refs.append(ref)
        await self._hand.fill(self._place_of(ref), ref, self._places, text, secret_of=origin)

    async def authenticate(self, user: str, text: str, *, origin: str) -> None:
        """Answer the next HTTP authentication challenge of exactly that origin, once, and mask the secret from now on.

        `goto` fails with `http_status` and status 401 where such a challenge is not answered or the answer is wrong.
        """
        self._masker.add(text)
        self.guard.authenticate(origin_of(origin), user, text)

    async def select(self, ref: str, option: str) -> None:
        """Choose the option with that label (else value) in a native select, or in an ARIA combobox or listbox.

        Raises:
            Fatal: If there is no such option (`no_option`).
        """
        await self._hand.select(self._place_of(ref), ref, self._places, option)
        await self._after(10.0)

    async def set_checked(self, ref: str, *, checked: bool) -> None:
        """Bring a check box, radio button or switch into the state."""
        await self._hand.set_checked(self._place_of(ref), ref, self._places, checked=checked)
        await self._after(5.0)

    async def press(self, key: str, *, ref: str | None = None) -> None:
        """Press a key, in the element when one is named, then let the page settle."""
        place = self._place_of(ref) if ref is not None else None
        await self._hand.press(key, place, ref)
        await self._after(10.0)

    async def upload(self, ref: str, path: Path) -> None:
        """Give a file to a file input."""
        await self._hand.upload(self._place_of(ref), ref, path)
        await settle(self._tabs, timeout_s=10.0)

    async def drag(self, ref: str, onto: str) -> None:
        """Drag one element onto another by the pointer, then let the page settle."""
        await self._hand.drag(
            (self._place_of(ref), ref), (self._place_of(onto), onto), self._places
        )
        await self._after(10.0)

    async def scroll(self, ref: str | None, *, to: Literal["view", "end", "start"]) -> None:
        """Bring the element into view, or scroll what it stands in (else the page) to an end."""
        await self._scrolled(ref, to)

    async def scroll_on(self, ref: str) -> bool:
        """Scroll the list on by less than it shows; return whether there was any way left."""
        return await self._scrolled(ref, "on")

    async def _scrolled(self, ref: str | None, way: str) -> bool:
        frame = self._place_of(ref).frame if ref is not None else self._tabs.roots()[0]
        self.guard.acting()
        moved = await self._living(lambda: self._tabs.call(frame, "scroll", ref or "", way))
        await settle(self._tabs, timeout_s=10.0)
        return flag(moved, "moved")

    async def tabs(self) -> tuple[Tab, ...]:
        """Return the open tabs, the active one last."""
        clean = self._masker.text
        return tuple(
            Tab(id=tab.id, url=clean(tab.url), title=clean(tab.title), active=tab.active)
            for tab in await self._tabs.listed()
        )

    async def switch_tab(self, tab: str, *, close: bool = False) -> None:
        """Make the tab the active one; close the one before if asked.

        Raises:
            Retryable: If it is gone (`stale`).
        """
        before = self._tabs.active
        if tab not in self._tabs.tabs:
            raise Retryable("The tab is gone", code="stale")
        self._tabs.activate(tab)
        if close and before != tab:
            await self._tabs.close_tab(before)
        await settle(self._tabs, timeout_s=10.0)

    async def answer_dialogs(self, answer: DialogAnswer | None) -> None:
        """Answer the next question that fits so, once; None: decline all again."""
        self._tabs.dialog_answer = answer

    async def scroll_end(self) -> None:
        """Scroll to the end of the page (or its main scroll container), so that more rows load."""
        frames = await self._living(self._tabs.frames)
        self.guard.acting()
        await self._living(lambda: self._tabs.call(frames[0], "scrollEnd"))
        await settle(self._tabs, timeout_s=10.0)

    # -- files -------------------------------------------------------------------------------------

    def _own_frames(self) -> frozenset[str]:
        return frozenset(self._tabs.frames_seen | set(self._tabs.tabs))

    def _arrived(self, mark: frozenset[str]) -> list[Arrival]:
        return self._downloads.since(mark, self._own_frames())

    async def download(self, ref: str, *, timeout_s: float = 60.0) -> Download:
        """Click the element and return the file that arrives, by attachment, new tab, navigation or blob.

        Raises:
            Retryable: If none arrives in time (`download`).
        """
        place = self._place_of(ref)
        mark = self._downloads.mark()
        documents = len(self._tabs.activity.committed)
        tabs = self._tabs.tabs
        await self._hand.click(place, ref, self._places, timeout_s=min(timeout_s, 10.0))
        deadline = time.monotonic() + timeout_s
        shown_html = 0.0
        while time.monotonic() < deadline:
            for arrival in self._arrived(mark):
                if arrival.state == "completed":
                    taken = await self._take(arrival)
                    await self._leave_new_tabs(tabs)
                    return taken
                if arrival.state == "canceled":
                    raise Retryable(f"The download of {arrival.name!r} broke off", code="download")
                if self._downloads.too_big(arrival):
                    await self._downloads.cancel(arrival)
                    raise Fatal(f"{arrival.name!r} is larger than a run may fetch", code="download")
            shown = self._shown_file(documents)
            if shown and not self._arrived(mark):
                return await self._fetch_shown(shown, tabs)
            if (
                len(self._tabs.activity.committed) > documents
                and not self._arrived(mark)
                and not self._tabs.loading()
            ):
                # A page came instead of a file. It may still start one by itself, but not for long.
                shown_html = shown_html or time.monotonic()
                if time.monotonic() - shown_html > 5.0 and not self._tabs.waiting():
                    break
            if self.guard.held_since_input():
                raise Retryable(
                    "The request for the file would be a write and was held", code="download"
                )
            await self._downloads.changed(0.1)
        raise Retryable("No file arrived", code="download")

    def _shown_file(self, documents: int) -> str:
        """Return the address of a document that is no page but a file Chromium shows: text, images, PDF."""
        activity = self._tabs.activity
        failed = {one.loader for one in activity.documents if one.status >= 400}
        for one in activity.committed[documents:]:
            if (
                one.mime not in _HTML
                and one.loader not in failed
                and one.url.startswith(("http://", "https://"))
            ):
                return one.url
        return ""

    async def _fetch_shown(self, url: str, tabs: tuple[str, ...]) -> Download:
        file = await self.fetch(url)
        if not await self._leave_new_tabs(tabs):
            await self.back()
        return file

    async def _leave_new_tabs(self, tabs: tuple[str, ...]) -> bool:
        """Close tabs that opened for the file alone; return whether there were any."""
        extra = [tab for tab in self._tabs.tabs if tab not in tabs]
        for tab in extra:
            await self._tabs.close_tab(tab)
        return bool(extra)

    async def _take(self, arrival: Arrival) -> Download:
        path = self._downloads.path(arrival)
        for _ in range(50):
            if path.exists():
                break
            await asyncio.sleep(0.02)  # the event may come a moment before the rename
        else:
            raise Retryable(f"The file {arrival.name!r} is not there", code="download")
        name = safe_name(arrival.name) if arrival.name else name_from_url(arrival.url)
        url = arrival.url if arrival.url.startswith("http") else ""
        return Download(
            path=path,
            name=self._masker.text(name),
            url=self._masker.text(url),
            bytes=path.stat().st_size,
        )

    async def fetch(self, url: str, *, timeout_s: float = 60.0) -> Download:
        """Fetch an address by GET with the session's cookies and return the file.

        Raises:
            NotPermitted: If its origin is not in the plan.
            Retryable: If it does not arrive.
        """
        origin = origin_of(url)
        if not self.guard.permits(origin):
            raise NotPermitted(
                f"{origin} is not in the approved plan",
                hint="Add the site to the plan and approve it.",
            )
        fetched: Fetched = await fetch_file(
            self._wire,
            self._tabs,
            url,
            self._downloads.folder,
            timeout_s=timeout_s,
            max_bytes=self._max_bytes,
        )
        return Download(
            path=fetched.path,
            name=self._masker.text(fetched.name),
            url=self._masker.text(fetched.url),
            bytes=fetched.path.stat().st_size,
        )

    # -- pictures and storage ----------------------------------------------------------------------

    async def screenshot(self) -> bytes:
        """Return a PNG of the viewport with secrets masked."""
        return await self._living(
            lambda: self._hand.picture(self._secret_refs, self._masker.values)
        )

    async def storage(self) -> JsonObject:
        """Return cookies, local and session storage of the session."""
        frames = await self._living(self._tabs.frames)
        await self._storage.remember(frames)
        return await self._storage.dump()

    async def restore(self, storage: JsonObject) -> None:
        """Put back what `storage` returned, before the first page is opened."""
        await self._storage.restore(storage)

    async def close(self) -> None:
        """Dispose of the session; files not taken are removed."""
        if self._closed:
            return
        self._closed = True
        self._on_close(self)
