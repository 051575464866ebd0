"""Acting on elements by input events, once they are ready to be acted on."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Fatal, Refused, Retryable
from podium.tools.browser.hold import RunGuard
from podium.tools.browser.keys import key_events, typing_events
from podium.tools.browser.notations import ISO_DAY, as_asked, as_native, same_value
from podium.tools.browser.origins import origin_of
from podium.tools.browser.reading import Place
from podium.tools.browser.tabs import Frame, Tabs
from podium.tools.browser.wire import DevToolsError, Wire, flag, mapping, number, text, texts
from podium.tools.grounding.choices import parts_of

_SET_BY_VALUE = frozenset({"date", "time", "datetime-local", "month", "week", "color", "range"})
_NOT_TYPED = frozenset(
    {"checkbox", "radio", "button", "submit", "reset", "image", "file", "hidden"}
)
_CODES = {"stale": "stale", "covered": "covered"}
_POLL_S = 0.05
_MONTHS = 240
"""How far a calendar is turned: twenty years."""
_ENTERS = re.compile(
    r"\b(?:press|hit|with|use)\s+(?:the\s+)?(?:enter|return)\b|\benter to add\b|\bmit (?:enter|eingabetaste)\b|\bentr[e\u00e9]e pour\b",
    re.IGNORECASE,
)
"""What a field says that takes several values, each by its own Enter."""
_READY_S = 10.0

Places = Mapping[str, Place]


class Hand:
    """The pointer and keyboard of one session."""

    def __init__(self, wire: Wire, tabs: Tabs, guard: RunGuard) -> None:
        self._wire = wire
        self._tabs = tabs
        self._guard = guard

    # -- readiness ---------------------------------------------------------------------------------

    async def _ask(self, frame: Frame, name: str, *arguments: JsonValue) -> JsonObject:
        try:
            value = await self._tabs.call(frame, name, *arguments)
        except DevToolsError as error:
            if error.context_gone:
                raise Retryable(
                    "The page was replaced while it was acted on", code="stale"
                ) from error
            raise Retryable(
                f"The page refused {name}: {error.detail[:200]}", code="not_ready"
            ) from error
        return value if isinstance(value, dict) else {}

    async def facts(self, frame: Frame, ref: str) -> JsonObject:
        """Return what kind of control the element is.

        Raises:
            Retryable: If it is gone (`stale`).
        """
        facts = await self._ask(frame, "facts", ref)
        if not facts:
            raise Retryable("The element is not on the page any more", code="stale")
        return facts

    async def _point(
        self,
        place: Place,
        ref: str,
        places: Places,
        timeout_s: float,
        *,
        enabled: bool = True,
        covered: bool = False,
    ) -> tuple[float, float]:
        """Return where in the tab to put the pointer, once the element is ready for it; `covered` allows what lies on it."""
        deadline = time.monotonic() + timeout_s
        while True:
            state = await self._ask(place.frame, "ready", ref, enabled, covered)
            x, y = number(state, "x"), number(state, "y")
            inner = place
            while text(state, "state") == "ready" and inner.parent:
                outer = places[inner.parent]
                state = await self._ask(outer.frame, "showPoint", inner.holder, x, y)
                x, y = number(state, "x"), number(state, "y")
                inner = outer
            word = text(state, "state")
            if word == "ready":
                return x, y
            if word == "stale" or time.monotonic() > deadline:
                raise _not_ready(word, text(state, "by"))
            await asyncio.sleep(_POLL_S)

    # -- pointer -----------------------------------------------------------------------------------

    async def click(self, place: Place, ref: str, places: Places, *, timeout_s: float) -> None:
        """Click the element once it is ready.

        Raises:
            Retryable: If it does not become ready in time (`not_ready`), is covered (`covered`), or is gone (`stale`).
        """
        x, y = await self._point(place, ref, places, timeout_s)
        self._guard.acting()
        self._tabs.acted_in = place.frame.session
        await self._mouse("mouseMoved", x, y)
        # Pages build menus and move things when the pointer comes: look once more before the button goes down.
        if place.parent or not await self._still_there(place, ref, x, y):
            try:
                x, y = await self._point(place, ref, places, min(timeout_s, 2.0))
            except Retryable as error:
                if error.code == "stale":
                    raise
        await asyncio.gather(self._mouse("mousePressed", x, y), self._mouse("mouseReleased", x, y))

    async def _still_there(self, place: Place, ref: str, x: float, y: float) -> bool:
        state = text(await self._ask(place.frame, "still_there", ref, x, y), "state")
        if state == "stale":
            raise _not_ready("stale", "")
        return state == "ready"

    async def hover(self, place: Place, ref: str, places: Places) -> None:
        """Move the pointer over the element."""
        x, y = await self._point(place, ref, places, _READY_S, enabled=False)
        self._guard.acting()
        await self._mouse("mouseMoved", x - 1, y)
        await self._mouse("mouseMoved", x, y)

    async def drag(
        self, source: tuple[Place, str], goal: tuple[Place, str], places: Places
    ) -> None:
        """Pick the first element up and let it go over the second, as a person's pointer would.

        Raises:
            Retryable: If one of them does not become ready.
        """
        start = await self._point(*source, places, _READY_S)
        self._guard.acting()
        self._tabs.acted_in = source[0].frame.session
        tab = (await self._tabs.session()).id
        dragged: asyncio.Queue[JsonValue] = asyncio.Queue()
        self._tabs.on_drag = dragged.put_nowait
        await self._wire.send("Input.setInterceptDrags", {"enabled": True}, tab)
        at = start
        try:
            await self._mouse("mouseMoved", *start)
            await self._mouse("mousePressed", *start)
            at = await self._glide(start, (start[0] + 9, start[1] + 9), steps=3)
            data = await _soon(dragged, 0.3) if await self._draggable(*source) else None
            # Lists make room once something is on its way: the goal is looked for while it is carried.
            goal_point = await self._point(*goal, places, _READY_S, enabled=False)
            if data is None:
                at = await self._glide(at, goal_point, steps=8)
                at = await self._point(*goal, places, _READY_S, enabled=False, covered=True)
                await self._mouse("mouseMoved", *at, pressed=True)
            else:
                await self._carry(goal_point, data, tab)
        finally:
            self._tabs.on_drag = None
            await self._mouse("mouseReleased", *at)
            await self._wire.send("Input.setInterceptDrags", {"enabled": False}, tab)

    async def _draggable(self, place: Place, ref: str) -> bool:
        return flag(await self._ask(place.frame, "facts", ref), "draggable")

    async def _carry(self, point: tuple[float, float], data: JsonValue, tab: str) -> None:
        """Let the browser's own drag (HTML's `draggable`) enter, hover and drop at the point."""
        for kind in ("dragEnter", "dragOver", "drop"):
            params: JsonObject = {"type": kind, "x": point[0], "y": point[1], "data": data}
            await self._input("Input.dispatchDragEvent", params, tab)

    async def _glide(
        self, start: tuple[float, float], end: tuple[float, float], *, steps: int
    ) -> tuple[float, float]:
        for step in range(1, steps + 1):
            part = step / steps
            x = start[0] + (end[0] - start[0]) * part
            y = start[1] + (end[1] - start[1]) * part
            await self._mouse("mouseMoved", x, y, pressed=True)
        return end

    async def _mouse(self, kind: str, x: float, y: float, *, pressed: bool = False) -> None:
        params: JsonObject = {
            "type": kind,
            "x": x,
            "y": y,
            "button": "left" if pressed else "none",
            "buttons": int(pressed),
            "clickCount": 0,
        }
        if kind != "mouseMoved":
            params |= {
                "button": "left",
                "buttons": 1 if kind == "mousePressed" else 0,
                "clickCount": 1,
            }
        await self._input("Input.dispatchMouseEvent", params, (await self._tabs.session()).id)

    async def _input(self, method: str, params: JsonObject, session: str) -> None:
        try:
            await self._wire.send(method, params, session, timeout_s=10)
        except DevToolsError as error:
            if not error.context_gone:
                raise Retryable(
                    f"The input was not taken: {error.detail[:200]}", code="not_ready"
                ) from error
        except Retryable as error:
            # The tab may have closed itself, or its script runs on: what it did is seen by whoever looks next.
            if error.code != "timeout":
                raise

    # -- keyboard ----------------------------------------------------------------------------------

    async def press(self, key: str, place: Place | None, ref: str | None) -> None:
        """Press a key, in the element when one is named."""
        session = (await self._tabs.session()).id
        if place is not None and ref is not None:
            state = await self._ask(place.frame, "keyTarget", ref)
            if text(state, "state") != "ready":
                raise _not_ready(text(state, "state"), "")
            session = place.frame.session
        else:
            await self._ask(self._tabs.roots()[0], "touched")
        self._guard.acting()
        self._tabs.acted_in = session
        for event in key_events(key):
            await self._input("Input.dispatchKeyEvent", event, session)

    # -- values ------------------------------------------------------------------------------------

    async def fill(
        self, place: Place, ref: str, places: Places, value: str, *, secret_of: str | None = None
    ) -> None:
        """Replace the control's value by the text; a secret only in a frame of exactly the origin `secret_of`.

        A day (`2026-11-30`) is written as the control's placeholder asks (`DD.MM.YYYY`), or picked in the calendar that a
        control opens which takes no typing.

        Raises:
            Fatal: If the control does not take it (`value`).
            Refused: If the secret belongs to another origin (`blocked_origin`).
        """
        frame, secret = place.frame, secret_of is not None
        taken = await self._take_text(frame, ref, secret_of)
        kind, tag = text(taken, "type"), text(taken, "tag")
        if tag != "input" and text(taken, "role") == "button" and not secret:
            await self._count(place, ref, places, value)
            return
        if tag == "input" and kind in _NOT_TYPED:
            raise Fatal(f"A {kind} control takes no text", code="value")
        day = ISO_DAY.fullmatch(value.strip())
        if flag(taken, "readonly") and kind not in _SET_BY_VALUE:
            if day is None:
                raise Fatal("The control cannot be changed", code="value")
            await self._pick_day(place, ref, places, [int(part) for part in day.groups()])
            return
        self._guard.acting()
        self._tabs.acted_in = frame.session
        if tag == "input" and kind in _SET_BY_VALUE:
            await self._set_by_value(frame, ref, as_native(kind, value))
            return
        if text(taken, "state") != "ready":
            raise Fatal("The control cannot be typed into", code="value")
        if not secret and value and _ENTERS.search(text(taken, "placeholder")):
            await self._enter(frame, ref, parts_of(value))
            return
        if day is not None:
            value = as_asked(value.strip(), text(taken, "placeholder"))
        await self._write(frame, ref, value, taken, secret_of)

    async def _write(
        self, frame: Frame, ref: str, value: str, taken: JsonObject, secret_of: str | None
    ) -> None:
        """Type the text, in the ways that controls want it. Raises: Fatal, Refused."""
        secret = secret_of is not None
        await self._insert(frame, value, empty=flag(taken, "empty"))
        if await self._took(frame, ref, value, secret=secret):
            return
        # Masked and scripted inputs want keys; some rebuild themselves on the way.
        taken = await self._take_text(frame, ref, secret_of)
        await self._type(frame, value, empty=flag(taken, "empty"))
        if await self._took(frame, ref, value, secret=secret):
            return
        state = await self._ask(frame, "setNative", ref, value)
        if text(state, "state") != "ready" and not await self._took(
            frame, ref, value, secret=secret
        ):
            raise Fatal("The control does not keep the value", code="value")

    async def _enter(self, frame: Frame, ref: str, parts: Sequence[str]) -> None:
        """Give a field that takes several values each of them, with the key that adds it.

        Raises:
            Fatal: If the field goes on holding one (`value`).
        """
        for part in parts:
            taken = await self._take_text(frame, ref, None)
            await self._insert(frame, part, empty=flag(taken, "empty"))
            await self._keys(frame, "Enter")
            deadline = time.monotonic() + 1.0
            while await self._tabs.call(frame, "valueIs", ref):
                if time.monotonic() > deadline:
                    raise Fatal(f"The control does not take {part!r} by Enter", code="value")
                await asyncio.sleep(_POLL_S)

    async def _count(self, place: Place, ref: str, places: Places, value: str) -> None:
        """Click the pair of buttons that lower and raise a number until it is the wanted one.

        Raises:
            Fatal: If there is no such number, or it does not get there (`value`).
        """
        wanted = value.strip()
        state = await self._ask(place.frame, "counter", ref)
        if text(state, "state") != "ready" or not wanted.isdecimal():
            raise Fatal(f"The buttons count no number to {value!r}", code="value")
        while (shown := int(number(state, "value"))) != int(wanted):
            towards = text(state, "more" if shown < int(wanted) else "less")
            try:
                await self.click(place, towards, places, timeout_s=1.0)
            except Retryable as error:
                raise Fatal(f"It counts no further than {shown}", code="value") from error
            deadline = time.monotonic() + 1.0
            while (
                int(number(state := await self._ask(place.frame, "counter", ref), "value")) == shown
            ):
                if time.monotonic() > deadline:
                    raise Fatal(f"It counts no further than {shown}", code="value")
                await asyncio.sleep(_POLL_S)
            if abs(int(number(state, "value")) - int(wanted)) >= abs(shown - int(wanted)):
                raise Fatal(f"It does not count to {wanted}", code="value")

    async def _pick_day(self, place: Place, ref: str, places: Places, day: list[int]) -> None:
        """Open the control's calendar, turn to the month and click the day.

        Raises:
            Fatal: If there is no calendar, or it has no such day (`value`).
        """
        before = await self._tabs.call(place.frame, "valueIs", ref)
        state = await self._ask(place.frame, "calendarDay", *day)
        if text(state, "state") == "closed":
            await self.click(place, ref, places, timeout_s=_READY_S)
        deadline, turns = time.monotonic() + 2.0, 0
        while True:
            state = await self._ask(place.frame, "calendarDay", *day)
            word = text(state, "state")
            if word in {"turn", "day"}:
                await self.click(place, text(state, "ref"), places, timeout_s=_READY_S)
                turns += 1
            if word == "day":
                break
            if turns > _MONTHS or (word != "turn" and time.monotonic() > deadline):
                raise Fatal(f"No calendar offers the day {day}", code="value")
            if word == "turn":
                deadline = time.monotonic() + 2.0
            await asyncio.sleep(_POLL_S)
        if not await self._value_moves(place.frame, ref, before):
            raise Fatal("The control does not keep the day", code="value")

    async def _value_moves(self, frame: Frame, ref: str, before: JsonValue) -> bool:
        """Return whether the control comes to hold another value than before, or goes on holding one."""
        deadline = time.monotonic() + 1.0
        while True:
            held = await self._tabs.call(frame, "valueIs", ref)
            if held and held != before:
                return True
            if time.monotonic() > deadline:
                return bool(held)
            await asyncio.sleep(_POLL_S)

    async def _take_text(self, frame: Frame, ref: str, secret_of: str | None) -> JsonObject:
        """Return what kind of control it is once it can be typed into; its text is selected then."""
        deadline = time.monotonic() + _READY_S
        while True:
            taken = await self._ask(frame, "takeText", ref)
            state = text(taken, "state")
            if state == "stale":
                raise _not_ready("stale", "")
            if secret_of is not None:
                _check_origin(text(taken, "origin"), secret_of)
            if state not in {"disabled", "hidden"}:
                return taken
            if time.monotonic() > deadline:
                raise _not_ready(state, "")
            await asyncio.sleep(_POLL_S)

    async def _await_enabled(self, frame: Frame, ref: str) -> JsonObject:
        deadline = time.monotonic() + _READY_S
        while True:
            facts = await self.facts(frame, ref)
            if flag(facts, "enabled"):
                return facts
            if time.monotonic() > deadline:
                raise _not_ready("disabled", "")
            await asyncio.sleep(_POLL_S)

    async def _set_by_value(self, frame: Frame, ref: str, value: str) -> None:
        state = await self._ask(frame, "setNative", ref, value)
        if text(state, "state") != "ready":
            raise Fatal(f"The control does not take {value!r}", code="value")

    async def _insert(self, frame: Frame, value: str, *, empty: bool) -> None:
        if value:
            await self._input("Input.insertText", {"text": value}, frame.session)
        elif not empty:
            await self._keys(frame, "Delete")

    async def _type(self, frame: Frame, value: str, *, empty: bool) -> None:
        if not empty:
            await self._keys(frame, "Delete")
        for event in typing_events(value):
            await self._input("Input.dispatchKeyEvent", event, frame.session)

    async def _keys(self, frame: Frame, key: str) -> None:
        for event in key_events(key):
            await self._input("Input.dispatchKeyEvent", event, frame.session)

    async def _took(self, frame: Frame, ref: str, value: str, *, secret: bool) -> bool:
        """Return whether the control shows the value; it may have been redrawn, which the page then answers for."""
        gave = await self._ask(frame, "gaveText", ref, value, secret)
        if flag(gave, "same"):
            return True
        if secret or text(gave, "state") != "ready":
            return False
        if not same_value(text(gave, "value"), value):
            return False
        await self._ask(frame, "changed", ref)
        return True

    # -- choices -----------------------------------------------------------------------------------

    async def select(self, place: Place, ref: str, places: Places, option: str) -> None:
        """Choose the option with that label, else value.

        Raises:
            Fatal: If there is no such option (`no_option`).
        """
        facts = await self._await_enabled(place.frame, ref)
        self._guard.acting()
        if text(facts, "tag") == "select":
            state = await self._ask(place.frame, "selectOption", ref, option)
            if text(state, "state") != "ready":
                raise _no_option(option, state)
            return
        await self._select_listed(place, ref, places, option, typed=text(facts, "tag") == "input")

    async def _select_listed(
        self, place: Place, ref: str, places: Places, option: str, *, typed: bool
    ) -> None:
        state = await self._ask(place.frame, "listOption", ref, option)
        if text(state, "state") != "ready":
            await self.click(place, ref, places, timeout_s=_READY_S)
            state = await self._await_option(place.frame, ref, option, 2.0)
        if text(state, "state") != "ready" and typed:
            # Lists that are fetched or filtered while one types.
            taken = await self._take_text(place.frame, ref, None)
            await self._insert(place.frame, option, empty=flag(taken, "empty"))
            state = await self._await_option(place.frame, ref, option, 4.0)
        if text(state, "state") != "ready":
            await self._keys(place.frame, "Escape")
            raise _no_option(option, state)
        await self.click(place, text(state, "ref"), places, timeout_s=_READY_S)

    async def _await_option(
        self, frame: Frame, ref: str, option: str, timeout_s: float
    ) -> JsonObject:
        deadline = time.monotonic() + timeout_s
        while True:
            state = await self._ask(frame, "listOption", ref, option)
            if text(state, "state") in {"ready", "stale"} or time.monotonic() > deadline:
                return state
            await asyncio.sleep(_POLL_S)

    async def set_checked(self, place: Place, ref: str, places: Places, *, checked: bool) -> None:
        """Bring a check box, radio button or switch into the state.

        Raises:
            Fatal: If it stays as it is (`value`).
        """
        if flag(await self.facts(place.frame, ref), "checked") is checked:
            return
        await self.click(place, ref, places, timeout_s=_READY_S)
        if await self._becomes(place.frame, ref, checked=checked):
            return
        await self._ask(place.frame, "toggle", ref)
        if not await self._becomes(place.frame, ref, checked=checked):
            raise Fatal("The box does not change its state", code="value")

    async def _becomes(self, frame: Frame, ref: str, *, checked: bool) -> bool:
        deadline = time.monotonic() + 1.0
        while time.monotonic() < deadline:
            try:
                if flag(await self.facts(frame, ref), "checked") is checked:
                    return True
            except Retryable as error:
                if error.code == "stale":
                    return True  # it was redrawn or the page went on: the next snapshot tells
                raise
            await asyncio.sleep(_POLL_S)
        return False

    # -- files and pictures ------------------------------------------------------------------------

    async def upload(self, place: Place, ref: str, path: Path) -> None:
        """Give a file to a file input."""
        if text(await self.facts(place.frame, ref), "type") != "file":
            raise Fatal("The element takes no file", code="value")
        self._guard.acting()
        try:
            handle = await self._tabs.object_of(place.frame, ref)
            await self._wire.send(
                "DOM.setFileInputFiles",
                {"files": [str(path)], "objectId": handle},
                place.frame.session,
            )
        except DevToolsError as error:
            raise Retryable(
                f"The file was not taken: {error.detail[:200]}", code="stale"
            ) from error

    async def picture(self, secret_refs: list[str], secrets: tuple[str, ...]) -> bytes:
        """Return a PNG of the viewport, with password fields and secrets painted over.

        Raises:
            DevToolsError: If the page was replaced meanwhile.
        """
        frames = await self._tabs.frames()
        refs: list[JsonValue] = list(secret_refs)
        values: list[JsonValue] = list(secrets)
        try:
            await asyncio.gather(
                *(self._tabs.call(frame, "mask", refs, values) for frame in frames)
            )
            answer = await self._wire.send(
                "Page.captureScreenshot",
                {"format": "png", "optimizeForSpeed": True},
                (await self._tabs.session()).id,
            )
        finally:
            await asyncio.gather(
                *(self._tabs.call(frame, "unmask") for frame in frames), return_exceptions=True
            )
        return base64.b64decode(text(mapping(answer), "data"))


def _check_origin(actual: str, wanted: str) -> None:
    if actual == "null" or origin_of(actual) != origin_of(wanted):
        raise Refused(
            f"The field belongs to {actual}, the secret to {wanted}", code="blocked_origin"
        )


async def _soon(queue: asyncio.Queue[JsonValue], timeout_s: float) -> JsonValue:
    try:
        async with asyncio.timeout(timeout_s):
            return await queue.get()
    except TimeoutError:
        return None


def _not_ready(state: str, by: str) -> Retryable:
    messages = {
        "stale": "The element is not on the page any more",
        "covered": f"The element is covered by {by or 'something'}",
        "hidden": "The element is not visible",
        "disabled": "The element is disabled",
        "moving": "The element does not stand still",
    }
    return Retryable(
        messages.get(state, "The element is not ready"), code=_CODES.get(state, "not_ready")
    )


def _no_option(option: str, state: JsonObject) -> Fatal:
    offered = ", ".join(map(repr, texts(state, "options")[:10]))
    return Fatal(
        f"There is no option {option!r}" + (f" among {offered}" if offered else ""),
        code="no_option",
    )
