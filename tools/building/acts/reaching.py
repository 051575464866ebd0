"""`reach`: a bounded, best-first, read-only exploration for a thing, and the way to it as plain steps."""

from __future__ import annotations

import heapq
import itertools
import time
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from podium.state.errors import Fatal, NotPermitted, StepError
from podium.state.program import ClickStep, Expectation, OpenArgs, OpenStep, TargetArgs, UrlLike
from podium.state.questions import FieldSpec
from podium.state.target import Target
from podium.tools.building.acts.opening import settled
from podium.tools.building.acts.signing_in import is_wall, knows_sign_in, pass_wall
from podium.tools.building.arrival import (
    PLAUSIBLE,
    STRONG,
    Arrival,
    judge_arrival,
    name_of_page,
)
from podium.tools.building.files import page_files
from podium.tools.building.links import Way, canonical, is_stable, template, ways_on
from podium.tools.building.lists import ListFit, clear_list, fits
from podium.tools.building.wanted import Wanted, content_words, look_ahead, stems, title_parts
from podium.tools.building.work import NONE, UNPLACED, Work, distinct
from podium.tools.grounding.describe import describe
from podium.tools.grounding.fingerprint import fingerprint, page_matches, url_pattern
from podium.tools.grounding.words import concepts_in, fold, stem, tokens
from podium.tools.offline.lexicon import singular
from podium.tools.page import Snapshot

MAX_PAGES = 25
_PER_TEMPLATE = 2
"""How many pages of one address template are visited: a hundred detail pages are one kind."""
_SECONDS = 90.0
_CLICK_S = 3.0
_NAMES_IT = 0.5
_SEVERAL = 3
_DEPTH_COST = 0.08
_LEAD = 0.08
_MINOR = 0.2
"""A list that fits so much worse (a pager, a menu) is not another list that may be meant."""
_CONTAINERS = frozenset({"catalogue"})
"""Headings that say that something is listed, not what."""
_WEEKDAYS = frozenset(
    [
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "lun",
        "mar",
        "mer",
        "jeu",
        "ven",
        "sam",
        "dim",
    ]
)
_LED_AWAY = 0.5
"""How well a link or page must be called like the thing to be preferred to the list at the address that was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A way from the start: an address that a GET visits, then elements to click."""

    url: str
    clicks: tuple[Target, ...] = ()
    name: str = ""
    """What was followed last."""
    clicked: Path | None = None
    """The clicks that led to the address, should a GET of it show something else."""

    @property
    def depth(self) -> int:
        """How many clicks follow the address."""
        return len(self.clicks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page that was looked at."""

    path: Path
    snapshot: Snapshot
    arrival: Arrival

    @property
    def label(self) -> str:
        """What a person would recognise the page by."""
        heading = next(iter(self.snapshot.headings), "") or self.snapshot.title
        parts = urlsplit(self.snapshot.url)
        where = parts.path + (f"#{parts.fragment}" if parts.fragment else "")
        return f"{heading or self.path.name} ({where})"


@dataclass(slots=True, kw_only=True)
class Exploration:
    """One search over a site; remembers where it was."""

    work: Work
    wanted: Wanted
    start: Snapshot
    visits: list[Visit] = field(default_factory=list[Visit])
    seen: set[str] = field(default_factory=set[str])
    templates: dict[str, int] = field(default_factory=dict[str, int])
    frontier: list[tuple[float, int, Way, Path, int]] = field(
        default_factory=list[tuple[float, int, Way, Path, int]]
    )
    looks: set[str] = field(default_factory=set[str])
    order: itertools.count[int] = field(default_factory=itertools.count)
    standing: Path | None = None
    listed: ListFit | None = None
    """The one clear list of the page whose address the request gave."""
    row_pages: set[str] = field(default_factory=set[str])
    """Pages that rows of the visited lists lead to."""
    walled: str = ""
    """An address that asked to sign in."""
    started: float = field(default_factory=time.monotonic)

    async def run(self) -> Visit | None:
        """Return the page that proves to be the thing's, or the most plausible one."""
        here = Path(url=self.start.url)
        self.standing = here
        self.seen.add(canonical(self.start.url))
        self.looks.add(_looks(self.start))
        first = self._add(here, self.start)
        self.listed = _list_at_given_address(self)
        if first.arrival.score >= STRONG:
            return first
        self._push(self.start, here, depth=0)
        while self.frontier and len(self.visits) < MAX_PAGES:
            promise, _, way, path, depth = heapq.heappop(self.frontier)
            if self._enough(-promise):
                break
            visit = await self._follow(way, path)
            if visit is None:
                continue
            if visit.arrival.score >= STRONG:
                return visit
            self._push(visit.snapshot, visit.path, depth=depth + 1)
        return None

    def _enough(self, promise: float) -> bool:
        """Return whether what is left promises less than what was found already."""
        if promise < _LED_AWAY and self.listed is not None:
            return True
        best = max((visit.arrival for visit in self.visits), key=lambda arrival: arrival.score)
        if time.monotonic() - self.started > _SECONDS:
            return True
        if best.score >= 0.6 and promise < 0.3:
            return len(self.visits) >= (4 if best.content >= 0.6 else 12)
        return best.score >= PLAUSIBLE and promise < 0.2 and len(self.visits) >= 8

    def _add(self, path: Path, snapshot: Snapshot) -> Visit:
        arrival = judge_arrival(
            snapshot, self.wanted, called=path.name, clicked=bool(path.clicks or path.clicked)
        )
        if canonical(snapshot.url) in self.row_pages and _is_one_of(snapshot, self.wanted):
            # Of many, a page of one row may have every field; it is not where they stand.
            arrival = replace(arrival, score=min(arrival.score, PLAUSIBLE - 0.01))
        self.row_pages |= _row_pages(snapshot)
        visit = Visit(path=path, snapshot=snapshot, arrival=arrival)
        self.visits.append(visit)
        return visit

    def _push(self, snapshot: Snapshot, path: Path, *, depth: int) -> None:
        rows = _pages_of(self.listed) if snapshot is self.start else frozenset[str]()
        named = self.visits[-1].arrival.name >= 0.75
        for way in ways_on(snapshot, self.wanted, origins=self.work.origins):
            if way.href:
                key = canonical(way.href)
                kind = template(way.href)
                if (
                    (key in rows and self.wanted.likeness(way.node.name) < STRONG)
                    or key in self.seen
                    or self.templates.get(kind, 0) >= _PER_TEMPLATE * (4 if way.score >= 0.5 else 1)
                ):
                    continue
                self.seen.add(key)
                self.templates[kind] = self.templates.get(kind, 0) + 1
            else:
                key = f"{path.url} {[c.name for c in path.clicks]} {way.node.role} {way.node.name} {way.node.heading}"
                if key in self.seen or path.depth >= 3:
                    continue
                self.seen.add(key)
            cost = _DEPTH_COST * depth
            if named and way.href.startswith(snapshot.url.split("?", 1)[0].rstrip("/") + "/"):
                cost -= 0.2  # a part of the page that is called like the thing
            heapq.heappush(self.frontier, (-(way.score - cost), next(self.order), way, path, depth))

    async def _follow(self, way: Way, path: Path) -> Visit | None:
        try:
            if way.href:
                await self._goto(way.href)
                here = Path(url=way.href, name=way.node.name)
            else:
                await self._stand_at(path)
                target = await self._click_again(way)
                here = Path(url=path.url, clicks=(*path.clicks, target), name=way.node.name)
                self.standing = here
            snapshot = await rendered(self.work, self.wanted)
        except (StepError, NotPermitted):
            self.standing = None
            return None
        if is_wall(snapshot) and not is_wall(self.start):
            self.walled = self.walled or here.url
            return None  # sent to the sign-in page: this way leads nowhere yet
        if here.clicks and canonical(snapshot.url) != canonical(here.url):
            # A route that the click led to: when it is an address of its own, it is the better way.
            if is_stable(snapshot.url):
                here = Path(url=snapshot.url, name=here.name, clicked=here)
            if canonical(snapshot.url) in self.seen and not way.opens_menu:
                self.standing = here
                return None
            self.seen.add(canonical(snapshot.url))
        self.standing = here
        look = _looks(snapshot)
        if look in self.looks:
            return None  # the same page by another way
        self.looks.add(look)
        return self._add(here, snapshot)

    async def _goto(self, url: str) -> None:
        self.standing = None
        await self.work.read_only()
        await self.work.page.goto(url, timeout_s=15.0)

    async def _stand_at(self, path: Path) -> None:
        if self.standing == path:
            return
        await self._goto(path.url)
        for target in path.clicks:
            await _click(self.work, target)
        self.standing = path

    async def _click_again(self, way: Way) -> Target:
        snapshot = await settled(self.work)
        ways = ways_on(snapshot, self.wanted, origins=self.work.origins)
        same = [
            other.node
            for other in ways
            if other.node.role == way.node.role
            and other.node.name == way.node.name
            and not other.href
        ]
        if not same:
            raise Fatal(f"{way.node.name!r} is gone", code="not_found_on_page")
        target = describe(same[0], snapshot, phrase=way.node.name)
        await self.work.read_only()
        await self.work.page.click(same[0].ref, timeout_s=_CLICK_S)
        return target


def _looks(snapshot: Snapshot) -> str:
    """Return what tells one page from another when addresses do not."""
    fields = sorted(form.signature for form in snapshot.forms)
    return f"{canonical(snapshot.url)} {snapshot.headings[:3]} {fields} {snapshot.text[:400]}"


async def rendered(work: Work, wanted: Wanted) -> Snapshot:
    """Return the page once it had time to show its records, when its name promises them."""

    def shows_enough(page: Snapshot) -> bool:
        arrival = judge_arrival(page, wanted)
        return arrival.name < 0.6 or arrival.content >= 0.3

    return await work.look_until(shows_enough, await settled(work), looks=8, still=4)


async def build_reach(work: Work) -> None:
    """Find the planned thing by reads alone and compile the way to it."""
    wanted = look_ahead(work.agent, work.planned)
    start = await work.clear_view(await settled(work))
    # On a site that is all about books, only the other word of `fantasy books` tells where they are.
    about = (*title_parts(start.title), *start.headings[:1], urlsplit(start.url).netloc)
    wanted = replace(wanted, common=stems(about))
    chosen = await _answered(work)
    if chosen is not None:
        await _compile(work, Path(url=chosen, name=wanted.thing), wanted, clear=True)
        return
    exploration = Exploration(work=work, wanted=wanted, start=start)
    if not judge_arrival(start, wanted).score >= STRONG:
        start = await rendered(work, wanted)
        exploration.start = start
    if wanted.is_generic and _has_them(start, wanted):
        work.notes.append(f"{wanted.thing or 'The list'} is what the first page shows.")
        work.facts["url"] = start.url
        return
    visit = await exploration.run()
    if visit is None and exploration.walled and not knows_sign_in(work):
        await work.read_only()
        await work.page.goto(exploration.walled)
        if await pass_wall(work):
            start = await rendered(work, wanted)
            exploration = Exploration(work=work, wanted=wanted, start=start)
            visit = await exploration.run()
    visit = visit or await _best_of(work, exploration)
    _remember_place(work, visit, wanted)
    if visit.path.url == start.url and not visit.path.clicks:
        work.notes.append(f"{wanted.thing or 'The page'} is where the agent stands already.")
        if exploration.standing != visit.path:
            await work.page.goto(start.url)
        work.facts["url"] = start.url
        return
    path = visit.path
    if path.clicked is not None and not await verified(work, path.url, visit.snapshot):
        path = path.clicked
    await _compile(work, path, wanted)
    pages = len(exploration.visits)
    work.notes.append(f"Found {wanted.thing!r}: {visit.label}, after looking at {pages} pages.")


def _remember_place(work: Work, visit: Visit, wanted: Wanted) -> None:
    """Note a place that the page itself is not called like: `the sites in the Hills` may speak of what the rows say."""
    itself = replace(wanted, aliases=())
    named = max(name_of_page(visit.snapshot, itself), itself.likeness(visit.path.name))
    if concepts_in(wanted.thing) & _CONTAINERS:
        return
    if wanted.rows and wanted.aliases and named < _LED_AWAY:
        work.facts[UNPLACED] = wanted.thing


def _has_them(page: Snapshot, wanted: Wanted) -> bool:
    """Return whether the page shows what is meant by no name of its own: the files of that type, else the one list."""
    if wanted.files and wanted.file_type:
        return any(link.node.visible for link in page_files(page, wanted.file_type))
    return judge_arrival(page, wanted).content >= 0.6


async def _best_of(work: Work, exploration: Exploration) -> Visit:
    """Return the most plausible visit; ask when none is clear."""
    ranked = _distinct(
        sorted(exploration.visits, key=lambda visit: (-visit.arrival.score, visit.path.depth))
    )
    best = ranked[0]
    second = ranked[1].arrival.score if len(ranked) > 1 else 0.0
    clear = best.arrival.score - second >= _LEAD or best is exploration.visits[0]
    if best.arrival.score >= PLAUSIBLE and (clear or best.arrival.score >= 0.6):
        return best
    listed = exploration.listed
    own = _pages_of(listed)
    others = [visit for visit in exploration.visits[1:] if canonical(visit.snapshot.url) not in own]
    if listed is not None and all(visit.arrival.name < _LED_AWAY for visit in others):
        work.notes.append(
            f"Nothing is called {exploration.wanted.thing!r}; the one list at the given address is taken."
        )
        return exploration.visits[0]
    candidates = [visit for visit in ranked[:6] if visit.arrival.score > 0.1] or ranked[:6]
    labels = distinct([visit.label for visit in candidates])
    work.facts[_pages_key(work)] = {
        label: visit.snapshot.url for label, visit in zip(labels, candidates, strict=True)
    }
    thing = exploration.wanted.thing or work.planned.title
    await work.ask(
        "page",
        kind="choice",
        title=f"Where is {thing!r}?",
        text=f"{len(exploration.visits)} pages were looked at; none is plainly it.",
        fields=[
            FieldSpec(name="page", title="The page", type="choice", choices=(*labels, NONE)),
            FieldSpec(
                name="address",
                title="or its address, when it is none of these",
                required=False,
            ),
        ],
    )
    raise Fatal(
        f"{thing!r} was not found on the site",
        code="not_found_on_page",
        hint="Name the address of the page in the request.",
    )


def _list_at_given_address(exploration: Exploration) -> ListFit | None:
    """Return the one clear list of several rows on the first page, when the request named that very page."""
    wanted, page = exploration.wanted, exploration.visits[0].snapshot
    of_page = wanted.files and not wanted.per_row
    if wanted.kind == "form" or of_page or urlsplit(page.url).path in {"", "/"}:
        return None
    found = fits(page, wanted)
    clear = clear_list(found)
    told = clear is not None and _rows_say(clear, wanted.thing)
    if not told and any(
        concepts_in(heading) - _CONTAINERS and wanted.likeness(heading) < _NAMES_IT
        for heading in page.headings[:1]
    ):
        return None  # called by a known word, and that is another one
    if clear is None or len(clear.collection.records) < 2 or clear.collection.kind == "record":
        return None
    if sum(fold(head)[:3] in _WEEKDAYS for head in clear.collection.headers) >= 5:
        return None  # the weeks of a month are no rows
    minor = (
        len(fit.collection.records) < 2 or fit.score < clear.score - _MINOR
        for fit in found
        if fit is not clear
    )
    return clear if all(minor) else None


def _row_pages(snapshot: Snapshot) -> set[str]:
    """Return the pages that the rows of the page's lists lead to."""
    return {
        canonical(value.href)
        for collection in snapshot.collections
        if collection.region == "main" and collection.kind in {"table", "cards"}
        for record in (collection.records if len(collection.records) >= _SEVERAL else ())
        for value in record.values
        if value.href
    }


def _is_one_of(snapshot: Snapshot, wanted: Wanted) -> bool:
    """Return whether many are wanted, and the page has no list but of one: `the fee of each boat` on the page of a boat."""
    last = wanted.thing.split()[-1:]
    if not wanted.rows or not any(singular(word) != word for word in last):
        return False
    best = clear_list(fits(snapshot, wanted))
    return best is None or best.collection.kind == "record" or len(best.collection.records) < 2


def _rows_say(fit: ListFit, thing: str) -> bool:
    """Return whether the thing is what some rows are, by a value of theirs: `dinghies` in a register of boats."""
    wanted = [stem(word) for word in content_words(thing)]
    return bool(wanted) and any(
        [stem(word) for word in tokens(str(value))] == wanted
        for row in fit.rows
        for value in row.values()
        if isinstance(value, str)
    )


def _pages_of(listed: ListFit | None) -> frozenset[str]:
    """Return the pages that the rows of a list lead to: they are the rows' own, no other place for the list."""
    records = listed.collection.records if listed is not None else ()
    return frozenset(
        canonical(value.href) for record in records for value in record.values if value.href
    )


def _distinct(visits: list[Visit]) -> list[Visit]:
    """Return the visits without those that show a page again which filled up meanwhile."""
    seen: set[tuple[str, int, str]] = set()
    found: list[Visit] = []
    for visit in visits:
        name = next(iter(visit.snapshot.headings), "")
        key = (canonical(visit.snapshot.url), visit.path.depth, name)
        if key not in seen:
            seen.add(key)
            found.append(visit)
    return found


def _pages_key(work: Work) -> str:
    return f"pages:{work.planned.id}"


async def _answered(work: Work) -> str | None:
    answer = work.answer("page")
    if answer is None:
        return None
    address = answer.get("address")
    if isinstance(address, str) and address.strip():
        return address.strip()
    pages = work.facts.get(_pages_key(work))
    url = pages.get(str(answer.get("page"))) if isinstance(pages, dict) else None
    return url if isinstance(url, str) else None


async def _compile(work: Work, path: Path, wanted: Wanted, *, clear: bool = False) -> None:
    title = work.planned.title or f"Open {path.name or wanted.thing}"
    if not path.clicks and is_stable(path.url):
        step = OpenStep(
            id=work.step_id(), title=title, args=OpenArgs(url=path.url), retries=1, safe_point=True
        )
        await work.perform(step)
        snapshot = await settled(work)
        if clear:
            snapshot = await work.clear_view(snapshot)
        work.amend(step.model_copy(update={"expect": _proof(snapshot)}))
        work.facts["url"] = snapshot.url
        return
    await _compile_clicks(work, path, title)


async def _compile_clicks(work: Work, path: Path, title: str) -> None:
    """Compile clicks from where the program stands; the first safe point is the address they start at."""
    start = work.facts.get("url")
    if canonical(str(start or "")) != canonical(path.url):
        await work.perform(
            OpenStep(
                id=work.step_id("from"),
                title=f"Open {urlsplit(path.url).path}",
                args=OpenArgs(url=path.url),
                retries=1,
                safe_point=True,
            )
        )
    else:
        await work.page.goto(path.url)
    step: ClickStep | None = None
    for place, target in enumerate(path.clicks):
        last = place == len(path.clicks) - 1
        step = ClickStep(
            id=work.step_id() if last else work.step_id(f"way{place + 1}"),
            title=title if last else f"Open {target.name}",
            args=TargetArgs(target=target),
            retries=1,
        )
        await work.perform(step)
    snapshot = await settled(work)
    if step is not None:
        work.amend(step.model_copy(update={"expect": _proof(snapshot)}))
    work.facts["url"] = snapshot.url


def _proof(snapshot: Snapshot) -> tuple[Expectation, ...]:
    return (UrlLike(pattern=url_pattern(snapshot.url)), fingerprint(snapshot))


async def verified(work: Work, url: str, expected: Snapshot) -> bool:
    """Return whether a GET of the address shows the same page again."""
    await work.read_only()
    try:
        await work.page.goto(url)
    except (StepError, NotPermitted):
        return False
    return page_matches(fingerprint(expected), await settled(work))


async def _click(work: Work, target: Target) -> None:
    from podium.tools.grounding.ladder import ground

    snapshot = await settled(work)
    grounding = ground(target, snapshot)
    if grounding.node is None:
        raise Fatal(f"{target.name!r} is gone", code="not_found_on_page")
    await work.read_only()
    await work.page.click(grounding.node.ref, timeout_s=_CLICK_S)
