"""Reads a MiniWoB utterance into planned steps with inputs: a small grammar of clauses, and six patterns each worded to one task.

The clauses use the words of these pages but name no task's page; the six (`_WHOLE`) say what the words of one task leave out,
such as which fields a search has. What they read is marked (`own_pattern`) and counted apart.

What asks for understanding (arithmetic, colours, drawing, the "greatest" of something) has no rule here and is reported so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from podium.state.plan import InputSpec, PlannedAgent, PlannedStep

_QUOTED = r"[\"\u201c](?P<{0}>[^\"\u201d]+)[\"\u201d]"
_WHICH = ("1st", "2nd", "3rd", "4th", "5th")


@dataclass
class Reading:
    """The steps that an utterance asks for; values are inputs, so that another seed's values fit the same steps."""

    steps: list[PlannedStep] = field(default_factory=list[PlannedStep])
    inputs: dict[str, str] = field(default_factory=dict[str, str])
    own_pattern: bool = False
    """It was read by a pattern that is worded to this one task."""

    def given(self, value: str) -> str:
        """Keep a value as the next input and return its name as steps write it."""
        name = f"v{len(self.inputs) + 1}"
        self.inputs[name] = value
        return f"{{inputs.{name}}}"

    def add(self, op: str, title: str, **more: object) -> None:
        """Add a step."""
        number = len(self.steps) + 1
        self.steps.append(
            PlannedStep.model_validate({"id": f"s{number}", "op": op, "title": title, **more})
        )

    @property
    def shape(self) -> str:
        """What two utterances share when one program serves both."""
        return " / ".join(
            f"{step.op} {step.thing} {step.key} {sorted(step.values)}" for step in self.steps
        )

    def agent(self, origin: str, url: str) -> PlannedAgent:
        """Return the plan of an agent that opens the page and does the steps."""
        start = PlannedStep(id="open", op="open", title="Open the page", url=url)
        inputs = tuple(InputSpec(name=name, default=value) for name, value in self.inputs.items())
        return PlannedAgent(
            name="miniwob", goal="", origins=(origin,), inputs=inputs, steps=(start, *self.steps)
        )


Rule = Callable[[Reading, re.Match[str]], None]


def read(utterance: str) -> Reading | None:
    """Return what the utterance asks for, or None when the grammar does not explain every clause of it."""
    text = " ".join(utterance.split()).rstrip(".")
    for whole, build in _WHOLE:
        found = re.fullmatch(whole, text, re.IGNORECASE)
        if found:
            reading = Reading(own_pattern=True)
            build(reading, found)
            return reading
    reading = Reading()
    for clause in re.split(
        r",? (?:and|then) (?=click|press|hit|submit)|, then |, (?=click|press|hit|enter|type)", text
    ):
        if not _clause(reading, clause.strip()):
            return None
    return reading if reading.steps else None


def _clause(reading: Reading, clause: str) -> bool:
    for pattern, build in _CLAUSES:
        found = re.fullmatch(pattern, clause, re.IGNORECASE)
        if found:
            build(reading, found)
            return True
    return False


def _click(reading: Reading, found: re.Match[str]) -> None:
    reading.add("click", "Click what is named", thing=reading.given(found["what"]))


def _click_fixed(reading: Reading, found: re.Match[str]) -> None:
    reading.add("click", f"Click {found['what']}", thing=f"{found['what']} button")


def _bare(reading: Reading, found: re.Match[str]) -> None:
    reading.add("click", f"Click the {found['what']}", thing=found["what"])


def _fill_text(reading: Reading, found: re.Match[str]) -> None:
    reading.add("fill", "Fill in the text", values={"text": reading.given(found["what"])})


def _login(reading: Reading, found: re.Match[str]) -> None:
    reading.add("fill", "Fill in the user", values={"username": reading.given(found["user"])})
    reading.add(
        "fill", "Fill in the password", values={"password": reading.given(found["password"])}
    )
    reading.add("click", "Log in", thing="login button")


def _both(reading: Reading, found: re.Match[str]) -> None:
    value = reading.given(found["what"])
    reading.add(
        "fill", "Fill in the password", values={"password": value, "verify password": value}
    )


def _choose(reading: Reading, found: re.Match[str]) -> None:
    reading.add("choose", "Choose", values={"list": reading.given(found["what"])})


def _options(reading: Reading, found: re.Match[str]) -> None:
    for value in found["what"].split(", "):
        reading.add("click", "Choose it", thing=reading.given(value))


def _date(reading: Reading, found: re.Match[str]) -> None:
    month, day, year = found["what"].split("/")
    reading.add("fill", "Fill in the date", values={"date": reading.given(f"{year}-{month}-{day}")})


def _time(reading: Reading, found: re.Match[str]) -> None:
    clock, half = found["what"].upper().split()
    hour, minute = (int(part) for part in clock.split(":"))
    value = f"{hour % 12 + (12 if half == 'PM' else 0):02}:{minute:02}"
    reading.add("fill", "Fill in the time", values={"time": reading.given(value)})


def _amount(reading: Reading, found: re.Match[str]) -> None:
    reading.add(
        "fill", f"Set the {found['field']}", values={found["field"]: reading.given(found["what"])}
    )


def _expand(reading: Reading, found: re.Match[str]) -> None:
    reading.add("click", "Expand the section", thing="section")


def _path(reading: Reading, found: re.Match[str]) -> None:
    for value in found["what"].split(">"):
        reading.add("click", "Open it", thing=reading.given(value))


def _in_row(reading: Reading, found: re.Match[str]) -> None:
    reading.add(
        "click",
        "Click it in its row",
        thing=reading.given(found["what"]),
        key=reading.given(found["row"]),
    )


def _mail(reading: Reading, found: re.Match[str]) -> None:
    reading.add(
        "click", "Click the icon of the mail", thing=found["what"], key=reading.given(found["row"])
    )


def _search(reading: Reading, found: re.Match[str]) -> None:
    reading.add(
        "fill",
        "Fill in the search",
        values={
            "genre": reading.given(found["genre"]),
            "director": reading.given(found["who"]),
            "year": reading.given(found["year"]),
        },
    )
    reading.add("click", "Search", thing="search or submit button")


def _sort_out(reading: Reading, found: re.Match[str]) -> None:
    reading.add("choose", "Choose", values={"height": reading.given(found["what"])})
    reading.add("click", "Click what is named", thing=reading.given(found["label"]))


_Q = _QUOTED.format("what")
_WHOLE: tuple[tuple[str, Rule], ...] = (
    (r"enter the username " + _QUOTED.format("user") + r" and the password " + _QUOTED.format("password") + r" into the text fields and press login", _login),
    (r"for the user (?P<row>@\w+), click on the " + _Q + r" button", _in_row),
    (r"find the email by (?P<row>\w+) and click the (?P<what>trash|star) icon to .*", _mail),
    (r"choose (?P<what>.+) from the dropdown, then click the button labeled " + _QUOTED.format("label"), _sort_out),
    (r"search for (?P<genre>.+) movies directed by (?P<who>.+) from year (?P<year>\d+)", _search),
    (r"select (?P<what>[^> ]+(?:>[^> ]+)+)", _path),
)  # fmt: skip
_CLAUSES: tuple[tuple[str, Rule], ...] = (
    (r"(?:find and )?click (?:on )?the " + _Q + r" (?:button|link)", _click),
    (r"(?:find and )?click (?:on )?the (?:link|item labeled|folder or file named) " + _Q, _click),
    (r"(?P<what>close) the dialog box by clicking the \"x\"", _click_fixed),
    (r"click the button in the dialog box labeled " + _Q, _click),
    (r"click (?:on )?(?P<what>tab #\d+)", _click),
    (r"click (?:the )?button (?P<what>[A-Z]+)", _click),
    (r"click the button labeled " + _Q, _click),
    (r"click the (?P<what>button)", _bare),
    (r"(?:enter|type) " + _Q + r" into the text ?(?:field|box|input)", _fill_text),
    (r"enter the (?P<field>password) " + _Q + r" into both text fields", _both),
    (r"select (?P<what>[\w' -]+) from the (?:list|dropdown)", _choose),
    (r"select (?P<what>[^,]+) from the scroll list", _choose),
    (r"(?:select|enter) (?P<what>\d\d/\d\d/\d{4}) as the date", _date),
    (r"enter (?P<what>\d?\d:\d\d [AP]M) as the time", _time),
    (r"select (?P<what>-?\d+) with the (?P<field>spinner|slider)", _amount),
    (r"select (?!nothing)(?P<what>\w+(?:, \w+)*)", _options),
    (r"expand the section below", _expand),
    (r"(?:click|press|hit)? ?(?:on )?(?:the )?\"?(?P<what>submit|login|search)\"?(?: when done| button)?", _click_fixed),
)  # fmt: skip
