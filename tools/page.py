"""The port of one browser session: what a page shows and what may be done to it. Nothing about any browser.

The adapter on browser-use is `podium.tools.browser`. Refs name elements of the *latest* snapshot; acting on an element
that was re-rendered or left the page since raises `Retryable(code="stale")`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from podium.state.document import JsonObject
from podium.state.program import Effect

CollectionKind = Literal["table", "cards", "list", "record"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Requests that HTTP defines as changing nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One element that can be acted on or read: controls, links, headings, messages, images with names."""

    ref: str
    tag: str
    role: str
    """ARIA role, explicit or implied by the tag."""
    name: str = ""
    """Accessible name: aria-labelledby, aria-label, label, text, title, placeholder, alt."""
    input_type: str = ""
    label: str = ""
    """Visible label: `for`, wrapping, aria-labelledby, else the text that stands just before the control (table cell, line)."""
    placeholder: str = ""
    text: str = ""
    """Own visible text, at most 200 characters."""
    value: str = ""
    """Present value; always empty for password inputs."""
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    """`id`, `name`, `data-testid`, `aria-label`, `title`, `autocomplete`, `href` (absolute), `class`, `aria-*` states, `download`, `rel`."""
    heading: str = ""
    region: str = ""
    """navigation | main | form | dialog | table | header | footer | search | ''"""
    form: str = ""
    """Ref of the form it belongs to, or ''."""
    row: str = ""
    """Ref of the record (table row, card) it stands in, or ''."""
    column: str = ""
    """Header of its table column, or ''."""
    anchors: tuple[str, ...] = ()
    """Texts of its nearest neighbours, nearest first, at most 4."""
    frame: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()
    box: tuple[float, float, float, float] = (0, 0, 0, 0)
    """x, y, width, height in CSS pixels of the page."""
    visible: bool = True
    enabled: bool = True
    covered: bool = False
    """Another element lies on top of its centre (only computed when it is in the viewport)."""
    checked: bool | None = None
    expanded: bool | None = None
    required: bool = False
    options: tuple[str, ...] = ()
    """Labels of a native select's options."""
    path: str = ""
    """Tags from the root with stable classes, for structural comparison; never used to select."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form, or a group of controls that acts as one."""

    ref: str
    method: str
    """get | post | '' (scripted)"""
    action: str
    name: str
    """Its accessible name, legend or nearest heading."""
    signature: str
    """Method, action path template and sorted field labels: the form's meaning, without ids."""
    has_password: bool
    has_file: bool
    nodes: tuple[str, ...]
    """Refs of its controls in document order."""
    in_dialog: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value inside a record."""

    text: str
    path: str
    """Structural path inside the record."""
    header: str = ""
    """Column header, or the label that stands before it."""
    href: str = ""
    """Absolute address when the value is a link."""
    datetime: str = ""
    """`datetime` attribute or similar machine-readable form, when there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row, card or list item."""

    ref: str
    values: tuple[Value, ...]
    """In document order; for tables one per column."""
    nodes: tuple[str, ...] = ()
    """Refs of the links and controls inside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Records of the same structure: a table, cards, a list; or one key-value record."""

    ref: str
    kind: CollectionKind
    heading: str
    headers: tuple[str, ...]
    """Of a table, one per column, empty where there is none; empty tuple for others."""
    path: str
    frame: tuple[str, ...]
    records: tuple[Record, ...]
    region: str = ""
    total: int | None = None
    """What the page itself says about the number of records, such as `1-10 of 64`."""
    told: bool = False
    """The list itself says that number (`aria-rowcount`), not a text near it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a page shows at one moment, all frames and open shadow roots included."""

    url: str
    title: str
    headings: tuple[str, ...]
    """h1 to h3 in order."""
    messages: tuple[str, ...]
    """role=alert, status, live regions and the like: what the page tells its user."""
    text: str
    """Visible text of the main content, at most 20,000 characters."""
    nodes: tuple[Node, ...]
    forms: tuple[Form, ...]
    collections: tuple[Collection, ...]
    frames: tuple[str, ...] = ()
    dialog: bool = False
    """A modal dialog or overlay covers the page."""
    language: str = ""
    """What the page declares, such as `en`; pages often declare what they do not speak."""
    banner: tuple[str, ...] = ()
    """Lines of its header, where many pages say whose account is open."""
    above: tuple[str, ...] = ()
    """Lines above its own part that are no navigation, such as a notice that it is a test system."""

    def node(self, ref: str) -> Node:
        """Return the node with that ref. Raises: KeyError."""
        for node in self.nodes:
            if node.ref == ref:
                return node
        raise KeyError(ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInfo:
    """A request the page made, without secret values."""

    method: str
    url: str
    signature: str
    """`METHOD origin/path-template`: numbers and ids in the path and all query values are replaced by `*`."""
    fields: tuple[str, ...] = ()
    """Names of the form or JSON fields sent."""
    resource: str = ""
    """Document, XHR, Fetch, Ping, WebSocket ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPolicy:
    """What the requests of one step may do (design §7, write hold)."""

    effect: Effect = "read"
    hold_writes: bool = False
    """Build and test: writes are answered 204 by us and reported as held."""
    trying: bool = False
    """Nobody knows what the click does: a name that says it reads is not believed, only a query in its own language."""
    signatures: frozenset[str] = frozenset()
    """Requests of this step: of a read those that may be sent besides GET, of a write those it was learnt with; none: any."""
    before_send: Callable[[RequestInfo], Awaitable[None]] | None = None
    """Awaited while a write is paused, before it is continued: the journal's `sent`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What the requests of one step did."""

    sent: tuple[RequestInfo, ...] = ()
    """Non-GET requests that reached the site, and top-level navigations."""
    held: tuple[RequestInfo, ...] = ()
    """Writes that were paused and not sent."""
    muted: tuple[RequestInfo, ...] = ()
    """Telemetry of the page (beacons, `/heartbeat` and the like) that was answered by us and not sent: no sign of a write."""
    blocked: tuple[str, ...] = ()
    """Origins outside the plan that the page asked for and did not get."""
    answered: tuple[tuple[str, int], ...] = ()
    """(signature, HTTP status) of the sent ones that were answered."""
    documents: tuple[tuple[str, int], ...] = ()
    """(url, HTTP status) of top-level documents loaded."""
    dialogs: tuple[str, ...] = ()
    """Texts of JavaScript dialogs that appeared; declined, unless `accepted` stands before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogAnswer:
    """How a JavaScript question is answered instead of being declined."""

    accept: bool
    text: str = ""
    """What is typed into a prompt."""
    message: str = ""
    """Only a question that says this is meant; empty: any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One open tab."""

    id: str
    url: str
    title: str
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file that arrived, still outside the artifact store."""

    path: Path
    name: str
    """Safe name, from what the site called it."""
    url: str
    bytes: int


class Page(Protocol):
    """One isolated session of a run: its own cookies, storage, proxy and downloads. Follows the active tab."""

    run_id: str

    async def begin(self, policy: StepPolicy) -> None:
        """Put the policy in force for what follows, and start counting traffic anew."""
        ...

    def traffic(self) -> Traffic:
        """Return what happened since `begin`."""
        ...

    async def goto(self, url: str, *, timeout_s: float = 30.0) -> None:
        """Load an address and let the page settle.

        Raises:
            NotPermitted: If its origin is not in the plan.
            Retryable: If the site cannot be reached or does not answer in time (`unreachable`, `timeout`).
            Fatal: If it answers with an error status of 400 or more for the document (`http_status`).
        """
        ...

    async def back(self) -> None:
        """Go back one entry of the tab's history."""
        ...

    async def settle(self, *, timeout_s: float = 10.0) -> bool:
        """Return whether document, network and layout are quiet; false when the time was up before."""
        ...

    async def snapshot(self) -> Snapshot:
        """Return what the page shows now."""
        ...

    async def url(self) -> str:
        """Return the address of the active tab."""
        ...

    async def click(self, ref: str, *, timeout_s: float = 10.0) -> None:
        """Click the element once it is ready (attached, visible, stable, enabled, topmost), then let the page settle.

        Raises:
            Retryable: If it does not become ready in time (`not_ready`), is covered (`covered`), or is gone (`stale`).
        """
        ...

    async def hover(self, ref: str) -> None:
        """Move the pointer over the element."""
        ...

    async def fill(self, ref: str, text: str) -> None:
        """Replace the control's value by the text, as typed by a person; the control holds it afterwards.

        Raises:
            Fatal: If the control does not take it (`value`).
        """
        ...

    async def fill_secret(self, ref: str, text: str, *, origin: str) -> None:
        """Type a secret into a control of a frame of exactly that origin, and mask it from now on.

        Raises:
            Refused: If the element's frame has another origin (`blocked_origin`).
        """
        ...

    async def authenticate(self, user: str, text: str, *, origin: str) -> None:
        """Answer the next HTTP authentication challenge of exactly that origin, once, and mask the secret from now on."""
        ...

    async def select(self, ref: str, option: str) -> None:
        """Choose the option with that label (else value) in a native select, or in an ARIA combobox or listbox.

        Raises:
            Fatal: If there is no such option (`no_option`).
        """
        ...

    async def set_checked(self, ref: str, *, checked: bool) -> None:
        """Bring a check box, radio button or switch into the state."""
        ...

    async def press(self, key: str, *, ref: str | None = None) -> None:
        """Press a key, in the element when one is named, then let the page settle."""
        ...

    async def upload(self, ref: str, path: Path) -> None:
        """Give a file to a file input."""
        ...

    async def drag(self, ref: str, onto: str) -> None:
        """Drag one element onto another by the pointer, then let the page settle."""
        ...

    async def scroll(self, ref: str | None, *, to: Literal["view", "end", "start"]) -> None:
        """Bring the element into view, or scroll what it stands in (else the page) to an end."""
        ...

    async def scroll_on(self, ref: str) -> bool:
        """Scroll the list on by less than it shows; return whether there was any way left."""
        ...

    async def tabs(self) -> tuple[Tab, ...]:
        """Return the open tabs, the active one last."""
        ...

    async def switch_tab(self, tab: str, *, close: bool = False) -> None:
        """Make the tab the active one; close the one before if asked.

        Raises:
            Retryable: If it is gone (`stale`).
        """
        ...

    async def answer_dialogs(self, answer: DialogAnswer | None) -> None:
        """Answer the next question that fits so, once; None: decline all again."""
        ...

    async def scroll_end(self) -> None:
        """Scroll to the end of the page (or its main scroll container), so that more rows load."""
        ...

    async def download(self, ref: str, *, timeout_s: float = 60.0) -> Download:
        """Click the element and return the file that arrives, by attachment, new tab, navigation or blob.

        Raises:
            Retryable: If none arrives in time (`download`).
        """
        ...

    async def fetch(self, url: str, *, timeout_s: float = 60.0) -> Download:
        """Fetch an address by GET with the session's cookies and return the file.

        Raises:
            NotPermitted: If its origin is not in the plan.
            Retryable: If it does not arrive.
        """
        ...

    async def screenshot(self) -> bytes:
        """Return a PNG of the viewport with secrets masked."""
        ...

    async def storage(self) -> JsonObject:
        """Return cookies, local and session storage of the session."""
        ...

    async def restore(self, storage: JsonObject) -> None:
        """Put back what `storage` returned, before the first page is opened."""
        ...

    async def close(self) -> None:
        """Dispose of the session; files not taken are removed."""
        ...


class Browser(Protocol):
    """One Chromium of this process; sessions are isolated from each other."""

    async def session(self, run_id: str, *, origins: tuple[str, ...]) -> Page:
        """Return the run's live session, opening one when there is none.

        Raises:
            SetupError: If no Chromium can be started; the hint says what to install.
        """
        ...

    async def widen(self, run_id: str, origin: str) -> None:
        """Let the run's session reach one more approved origin."""
        ...

    def has(self, run_id: str) -> bool:
        """Return whether the run has a live session in this process."""
        ...

    async def release(self, run_id: str) -> None:
        """Close the run's session, if there is one."""
        ...

    async def close(self) -> None:
        """Close every session and the browser."""
        ...
