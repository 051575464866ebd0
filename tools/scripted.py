"""A scripted site and browser, for testing agents without Chromium: pages as data, behind the same port.

Pages are functions of a visit, built with `Screen`. Links, GET forms, scripted buttons, POST forms under the write hold,
files, sign-in with secrets, and stale elements behave as in a real session; layout, script and CSS do not exist.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Fatal, NotPermitted, Refused, Retryable
from podium.state.origins import origin_of
from podium.tools.grounding.fingerprint import url_pattern
from podium.tools.grounding.requests import same_request
from podium.tools.page import (
    Collection,
    CollectionKind,
    DialogAnswer,
    Download,
    Form,
    Node,
    Page,
    Record,
    RequestInfo,
    Snapshot,
    StepPolicy,
    Tab,
    Traffic,
    Value,
)

_ROLES = {
    "text": "textbox",
    "email": "textbox",
    "password": "textbox",
    "search": "searchbox",
    "number": "spinbutton",
    "checkbox": "checkbox",
    "radio": "radio",
    "file": "button",
    "select": "combobox",
    "textarea": "textbox",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page function knows: the session's memory, the address and what was sent."""

    session: dict[str, JsonValue]
    url: str
    query: dict[str, str]
    fields: dict[str, str] = field(default_factory=dict[str, str])
    """Of a POST."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: its text, and where it links to."""

    text: str
    href: str = ""
    button: str = ""
    """Path a button of that text posts to, instead of a link; with `options`, the path a choice posts to at once."""
    options: tuple[str, ...] = ()
    """A list in the row, with what it offers."""


class Screen:
    """Builds what a page shows, top to bottom."""

    def __init__(self, title: str, *, heading: str | None = None, status: int = 200) -> None:
        self.title = title
        self.status = status
        self._heading = title if heading is None else heading
        self._nodes: list[Node] = []
        self._forms: list[Form] = []
        self._collections: list[Collection] = []
        self._messages: list[str] = []
        self._texts: list[str] = []
        self.clicks: dict[str, Callable[[], Screen | None]] = {}
        """Ref -> what a scripted button does: show another screen, or change this one (None)."""
        self.asks: dict[str, str] = {}
        """Ref -> what a button asks (`confirm`) before it does anything."""
        self.posts: dict[str, str] = {}
        """Ref of a button -> path it posts to by itself."""
        self.tells = ""
        """Path to which the page posts whatever is typed, as it is typed."""
        self._headings: list[str] = [self._heading] if self._heading else []

    def heading(self, text: str) -> Screen:
        """Start a section."""
        self._heading = text
        self._headings.append(text)
        return self

    def text(self, text: str) -> Screen:
        """Show running text."""
        self._texts.append(text)
        return self

    def message(self, text: str) -> Screen:
        """Tell the user something, as an alert."""
        self._messages.append(text)
        return self

    def node(self, node: Node) -> Node:
        """Put an element on the page, one line below the last, and return it as kept."""
        kept = replace(
            node,
            ref=node.ref or f"e{len(self._nodes) + 1}",
            heading=node.heading or self._heading,
            box=(20, 40.0 * len(self._nodes), 160, 30) if node.box == (0, 0, 0, 0) else node.box,
            path=node.path or node.tag,
        )
        self._nodes.append(kept)
        return kept

    def link(self, name: str, href: str, *, region: str = "main", **attributes: str) -> Screen:
        """Put a link; `href` may be relative."""
        self.node(
            Node(
                ref="",
                tag="a",
                role="link",
                name=name,
                text=name,
                region=region,
                attributes={**attributes, "href": href},
            )
        )
        return self

    def button(
        self,
        name: str,
        *,
        do: Callable[[], Screen | None] | None = None,
        post: str = "",
        asks: str = "",
        region: str = "main",
        **attributes: str,
    ) -> Screen:
        """Put a button outside of forms that runs a function or posts to a path, once what it `asks` is accepted."""
        node = self.node(
            Node(
                ref="",
                tag="button",
                role="button",
                name=name,
                text=name,
                region=region,
                attributes=attributes,
            )
        )
        if do is not None:
            self.clicks[node.ref] = do
        if post:
            self.posts[node.ref] = post
        if asks:
            self.asks[node.ref] = asks
        return self

    def form(
        self,
        action: str,
        fields: Sequence[tuple[str, str]],
        *,
        submit: str,
        method: str = "post",
        name: str = "",
        options: Mapping[str, tuple[str, ...]] | None = None,
        preset: Mapping[str, str] | None = None,
    ) -> Screen:
        """Put a form; each field is (label, type), its name attribute the label in lower case with `_`."""
        ref = f"f{len(self._forms) + 1}"
        refs: list[str] = []
        for label, kind in fields:
            node = self.node(
                Node(
                    ref="",
                    tag="select"
                    if kind == "select"
                    else "textarea"
                    if kind == "textarea"
                    else "input",
                    role=_ROLES[kind],
                    name=label,
                    label=label,
                    input_type="" if kind in {"select", "textarea"} else kind,
                    region="form",
                    form=ref,
                    attributes={"name": label.lower().replace(" ", "_")},
                    value=(preset or {}).get(label, ""),
                    options=(options or {}).get(label, ()),
                    checked=False if kind in {"checkbox", "radio"} else None,
                )
            )
            refs.append(node.ref)
        button = self.node(
            Node(
                ref="",
                tag="button",
                role="button",
                name=submit,
                text=submit,
                region="form",
                form=ref,
                input_type="submit",
            )
        )
        self._forms.append(
            Form(
                ref=ref,
                method=method,
                action=action,
                name=name or self._heading,
                signature=f"{method} {url_pattern(action)} [{', '.join(sorted(label for label, _ in fields))}]",
                has_password=any(kind == "password" for _, kind in fields),
                has_file=any(kind == "file" for _, kind in fields),
                nodes=(*refs, button.ref),
            )
        )
        return self

    def table(
        self,
        headers: Sequence[str],
        rows: Sequence[Sequence[str | Cell]],
        *,
        kind: CollectionKind = "table",
        total: int | None = None,
    ) -> Screen:
        """Put a table, or cards with labelled values."""
        ref = f"c{len(self._collections) + 1}"
        records: list[Record] = []
        for index, row in enumerate(rows):
            record = f"{ref}r{index + 1}"
            nodes: list[str] = []
            values: list[Value] = []
            for header, cell in zip(headers, row, strict=True):
                cell = cell if isinstance(cell, Cell) else Cell(cell)
                if cell.href or cell.button or cell.options:
                    nodes.append(self._in_row(cell, record, header).ref)
                values.append(Value(text=cell.text, path="td", header=header, href=cell.href))
            records.append(Record(ref=record, values=tuple(values), nodes=tuple(nodes)))
        self._collections.append(
            Collection(
                ref=ref,
                kind=kind,
                heading=self._heading,
                headers=tuple(headers) if kind == "table" else (),
                path=f"main>{kind}",
                frame=(),
                records=tuple(records),
                region="main",
                total=total,
            )
        )
        return self

    def _in_row(self, cell: Cell, record: str, header: str) -> Node:
        if cell.options:
            chosen = Node(
                ref="",
                tag="select",
                role="combobox",
                name=header,
                label=header,
                value=cell.text,
                options=cell.options,
                region="table",
                row=record,
                column=header,
            )
            listed = self.node(chosen)
            if cell.button:
                self.posts[listed.ref] = cell.button
            return listed
        node = self.node(
            Node(
                ref="",
                tag="button" if cell.button else "a",
                role="button" if cell.button else "link",
                name=cell.text,
                text=cell.text,
                region="table",
                row=record,
                column=header,
                attributes={"href": cell.href} if cell.href else {},
            )
        )
        if cell.button:
            self.posts[node.ref] = cell.button
        return node

    def snapshot(self, url: str, values: Mapping[str, str]) -> Snapshot:
        """Return what the page shows at that address, with the values typed so far."""
        nodes = tuple(
            replace(
                node,
                value="" if node.input_type == "password" else values.get(node.ref, node.value),
                checked=None if node.checked is None else values.get(node.ref, "") == "on",
                attributes={
                    name: urljoin(url, text) if name == "href" else text
                    for name, text in node.attributes.items()
                },
            )
            for node in self._nodes
        )
        collections = tuple(
            replace(
                collection,
                records=tuple(
                    replace(
                        record,
                        values=tuple(
                            replace(value, href=urljoin(url, value.href) if value.href else "")
                            for value in record.values
                        ),
                    )
                    for record in collection.records
                ),
            )
            for collection in self._collections
        )
        shown = [*self._headings, *self._texts, *(node.text for node in nodes)]
        shown += [
            value.text
            for collection in collections
            for record in collection.records
            for value in record.values
        ]
        return Snapshot(
            url=url,
            title=self.title,
            headings=tuple(self._headings),
            messages=tuple(self._messages),
            text="\n".join(text for text in shown if text),
            nodes=nodes,
            forms=tuple(self._forms),
            collections=collections,
            dialog=any(node.region == "dialog" for node in nodes),
        )


PageFunction = Callable[[Visit], "Screen | str"]
"""Shows a screen, or redirects to the path it returns."""


@dataclass(slots=True)
class ScriptedSite:
    """The pages of one origin."""

    origin: str = "https://site.test"
    pages: dict[str, PageFunction] = field(default_factory=dict[str, PageFunction])
    posts: dict[str, PageFunction] = field(default_factory=dict[str, PageFunction])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    received: list[tuple[str, dict[str, str]]] = field(
        default_factory=list[tuple[str, dict[str, str]]]
    )
    """Every POST that arrived: path and fields."""
    fetched: list[str] = field(default_factory=list[str])
    """Every path asked for by GET, files included."""


class ScriptedBrowser:
    """The `Browser` port over scripted sites."""

    def __init__(self, *sites: ScriptedSite) -> None:
        self._sites = {site.origin: site for site in sites}
        self._pages: dict[str, ScriptedPage] = {}

    async def session(self, run_id: str, *, origins: tuple[str, ...]) -> Page:
        """Return the run's live session, opening one when there is none."""
        if run_id not in self._pages:
            self._pages[run_id] = ScriptedPage(run_id, self._sites, set(origins))
        return self._pages[run_id]

    async def widen(self, run_id: str, origin: str) -> None:
        """Let the run's session reach one more approved origin."""
        self._pages[run_id].origins.add(origin)

    def has(self, run_id: str) -> bool:
        """Return whether the run has a live session in this process."""
        return run_id in self._pages

    async def release(self, run_id: str) -> None:
        """Close the run's session, if there is one."""
        self._pages.pop(run_id, None)

    async def close(self) -> None:
        """Close every session."""
        self._pages.clear()


class ScriptedPage:
    """The `Page` port over scripted sites."""

    def __init__(self, run_id: str, sites: Mapping[str, ScriptedSite], origins: set[str]) -> None:
        self.run_id = run_id
        self.origins = origins
        self._sites = sites
        self._session: dict[str, JsonValue] = {}
        self._url = "about:blank"
        self._screen = Screen("", heading="")
        self._values: dict[str, str] = {}
        self._history: list[str] = []
        self._policy = StepPolicy()
        self._traffic = Traffic()
        self._prepared: DialogAnswer | None = None

    async def begin(self, policy: StepPolicy) -> None:
        """Put the policy in force for what follows, and start counting traffic anew."""
        self._policy, self._traffic = policy, Traffic()

    def traffic(self) -> Traffic:
        """Return what happened since `begin`."""
        return self._traffic

    async def goto(self, url: str, *, timeout_s: float = 30.0) -> None:
        """Load an address."""
        del timeout_s
        self._load(url)

    def _site(self, url: str) -> ScriptedSite:
        origin = origin_of(url)
        if origin not in self.origins:
            self._traffic = replace(self._traffic, blocked=(*self._traffic.blocked, origin))
            raise NotPermitted(f"{origin} is not in the plan")
        if origin not in self._sites:
            raise Retryable(f"{origin} cannot be reached", code="unreachable")
        return self._sites[origin]

    def _load(self, url: str) -> None:
        site, parts = self._site(url), urlsplit(url)
        site.fetched.append(parts.path or "/")
        page = site.pages.get(parts.path or "/")
        status = 200 if page else 404
        self._traffic = replace(self._traffic, documents=(*self._traffic.documents, (url, status)))
        if page is None:
            raise Fatal(f"{url} answered 404", code="http_status")
        self._show(url, page(Visit(self._session, url, dict(parse_qsl(parts.query)))))

    def _show(self, url: str, answer: Screen | str) -> None:
        if isinstance(answer, str):
            self._load(urljoin(url, answer))
            return
        self._history.append(url)
        self._url, self._screen, self._values = url, answer, {}

    async def back(self) -> None:
        """Go back one entry of the history."""
        if len(self._history) > 1:
            self._history.pop()
            self._load(self._history.pop())

    async def settle(self, *, timeout_s: float = 10.0) -> bool:
        """Return that it rests: a scripted page never moves by itself."""
        del timeout_s
        return True

    async def snapshot(self) -> Snapshot:
        """Return what the page shows now."""
        return self._screen.snapshot(self._url, self._values)

    async def url(self) -> str:
        """Return the present address."""
        return self._url

    def _node(self, ref: str) -> Node:
        try:
            return self._screen.snapshot(self._url, self._values).node(ref)
        except KeyError as error:
            raise Retryable(f"{ref} left the page", code="stale") from error

    async def click(self, ref: str, *, timeout_s: float = 10.0) -> None:
        """Follow a link, run a scripted button, submit a form or post."""
        del timeout_s
        node = self._node(ref)
        if not node.enabled or node.covered:
            raise Retryable(
                f"{node.name!r} is not ready", code="covered" if node.covered else "not_ready"
            )
        if ref in self._screen.asks and not self._agreed(self._screen.asks[ref]):
            return
        if ref in self._screen.clicks:
            answer = self._screen.clicks[ref]()
            if answer is not None:
                self._show(self._url, answer)
        elif ref in self._screen.posts:
            await self._post(urljoin(self._url, self._screen.posts[ref]), {})
        elif node.attributes.get("href"):
            self._load(node.attributes["href"])
        elif node.form and node.input_type == "submit":
            await self._submit(node.form)

    def _agreed(self, question: str) -> bool:
        """Ask as `confirm` does; declined, unless an answer was prepared for this very question."""
        prepared, self._prepared = self._prepared, None
        agreed = prepared is not None and prepared.accept and prepared.message in question
        said = f"confirm{' (accepted)' if agreed else ''}: {question}"
        self._traffic = replace(self._traffic, dialogs=(*self._traffic.dialogs, said))
        return agreed

    async def _submit(self, ref: str) -> None:
        shown = self._screen.snapshot(self._url, self._values)
        form = next(form for form in shown.forms if form.ref == ref)
        fields = {
            shown.node(control).attributes["name"]: self._values.get(control, "")
            for control in form.nodes
            if "name" in shown.node(control).attributes
        }
        target = urljoin(self._url, form.action)
        if form.method == "get":
            self._load(f"{target}?{urlencode(fields)}")
        else:
            await self._post(target, fields)

    async def _post(self, url: str, fields: dict[str, str]) -> None:
        path = urlsplit(url).path
        request = await self._let_out(url, fields, resource="Document")
        if request is None:
            return
        handler = self._site(url).posts.get(path)
        answer = (
            handler(Visit(self._session, url, {}, fields)) if handler else Screen("", status=404)
        )
        status = answer.status if isinstance(answer, Screen) else 200
        self._traffic = replace(
            self._traffic,
            sent=(*self._traffic.sent, request),
            answered=(*self._traffic.answered, (request.signature, status)),
        )
        if handler is None:
            raise Fatal(f"{url} answered 404", code="http_status")
        self._show(url, answer)

    async def _let_out(
        self, url: str, fields: dict[str, str], *, resource: str
    ) -> RequestInfo | None:
        """Return the request when the step's policy lets it out; else note that it was held."""
        request = RequestInfo(
            method="POST",
            url=url,
            signature=f"POST {origin_of(url)}{url_pattern(url)}",
            fields=tuple(fields),
            resource=resource,
        )
        effect, approved = self._policy.effect, request.signature in self._policy.signatures
        write = effect in {"write", "irreversible"}
        signatures = tuple(self._policy.signatures)
        another = write and signatures and not same_request(signatures, request.signature)
        if another or (write and self._policy.hold_writes) or (effect == "read" and not approved):
            self._traffic = replace(self._traffic, held=(*self._traffic.held, request))
            return None
        if write and self._policy.before_send is not None:
            await self._policy.before_send(request)
        self._site(url).received.append((urlsplit(url).path, fields))
        return request

    async def hover(self, ref: str) -> None:
        """Check that the element is there."""
        self._node(ref)

    async def fill(self, ref: str, text: str) -> None:
        """Replace the control's value."""
        if self._node(ref).role not in {"textbox", "searchbox", "spinbutton", "combobox"}:
            raise Fatal("The control takes no text", code="value")
        self._values[ref] = text
        if self._screen.tells:
            url = urljoin(self._url, self._screen.tells)
            await self._let_out(url, {"typed": text}, resource="Fetch")

    async def fill_secret(self, ref: str, text: str, *, origin: str) -> None:
        """Type a secret on its origin only."""
        if origin_of(self._url) != origin:
            raise Refused(f"The page belongs to {origin_of(self._url)}", code="blocked_origin")
        self._node(ref)
        self._values[ref] = text

    async def authenticate(self, user: str, text: str, *, origin: str) -> None:
        """Do nothing: a scripted site asks by forms only."""
        del user, text, origin

    async def select(self, ref: str, option: str) -> None:
        """Choose an option by its label."""
        for known in self._node(ref).options:
            if known.casefold() == option.casefold():
                self._values[ref] = known
                if ref in self._screen.posts:
                    await self._post(urljoin(self._url, self._screen.posts[ref]), {"to": known})
                return
        raise Fatal(f"There is no option {option!r}", code="no_option")

    async def set_checked(self, ref: str, *, checked: bool) -> None:
        """Bring a check box into the state."""
        self._node(ref)
        self._values[ref] = "on" if checked else ""

    async def press(self, key: str, *, ref: str | None = None) -> None:
        """Press a key; Enter in a form submits it."""
        if key == "Enter" and ref is not None and self._node(ref).form:
            await self._submit(self._node(ref).form)

    async def upload(self, ref: str, path: Path) -> None:
        """Give a file to a file input."""
        self._node(ref)
        self._values[ref] = path.name

    async def drag(self, ref: str, onto: str) -> None:
        """Check that both are there: a scripted page has nothing that moves."""
        self._node(ref)
        self._node(onto)

    async def scroll(self, ref: str | None, *, to: Literal["view", "end", "start"]) -> None:
        """Check that the element is there: a scripted page shows everything."""
        del to
        if ref is not None:
            self._node(ref)

    async def scroll_on(self, ref: str) -> bool:
        """Return that there is no way left: a scripted page shows everything."""
        del ref
        return False

    async def tabs(self) -> tuple[Tab, ...]:
        """Return the one tab there is."""
        return (Tab(id="tab", url=self._url, title=self._screen.title, active=True),)

    async def switch_tab(self, tab: str, *, close: bool = False) -> None:
        """Stay in the one tab there is."""
        del close
        if tab != "tab":
            raise Retryable("The tab is gone", code="stale")

    async def answer_dialogs(self, answer: DialogAnswer | None) -> None:
        """Prepare the answer to what the next button asks."""
        self._prepared = answer

    async def scroll_end(self) -> None:
        """Run what the screen says happens at its end."""
        more = self._screen.clicks.get("end")
        answer = more() if more else None
        if answer is not None:
            self._show(self._url, answer)

    async def download(self, ref: str, *, timeout_s: float = 60.0) -> Download:
        """Return the file behind a link."""
        href = self._node(ref).attributes.get("href", "")
        if not href:
            raise Retryable("No file arrived", code="download")
        return await self.fetch(href, timeout_s=timeout_s)

    async def fetch(self, url: str, *, timeout_s: float = 60.0) -> Download:
        """Return the file at that address."""
        del timeout_s
        path = urlsplit(url).path
        site = self._site(url)
        site.fetched.append(path)
        if path not in site.files:
            raise Retryable(f"No file arrived from {path}", code="download")
        folder = Path(tempfile.mkdtemp(prefix="podium-scripted-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        file = folder / path.rsplit("/", 1)[-1]
        file.write_bytes(site.files[path])
        return Download(path=file, name=file.name, url=url, bytes=len(site.files[path]))

    async def screenshot(self) -> bytes:
        """Return bytes that stand for a picture."""
        return b"\x89PNG\r\n\x1a\n" + self._screen.title.encode()

    async def storage(self) -> JsonObject:
        """Return the session's memory."""
        return {"session": json.loads(json.dumps(self._session))}

    async def restore(self, storage: JsonObject) -> None:
        """Put back what `storage` returned."""
        kept = storage.get("session")
        self._session.update(kept if isinstance(kept, dict) else {})

    async def close(self) -> None:
        """Do nothing."""
