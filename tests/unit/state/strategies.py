"""Any program, any step record: what hypothesis draws from."""

from __future__ import annotations

from hypothesis import strategies as st

from podium.state.program import (
    AskArgs,
    AskHumanStep,
    AssertArgs,
    AssertStep,
    ClickStep,
    Column,
    Condition,
    DownloadArgs,
    DownloadStep,
    EachArgs,
    EachStep,
    ExtractArgs,
    ExtractStep,
    FileKept,
    FillArgs,
    FillStep,
    ListSpec,
    OpenArgs,
    OpenStep,
    PickArgs,
    PickStep,
    PressArgs,
    PressStep,
    Program,
    RowCount,
    SignInArgs,
    SignInStep,
    Step,
    StoreArgs,
    StoreStep,
    TargetArgs,
    TextShown,
    UrlLike,
    WhenArgs,
    WhenStep,
    WhereArgs,
    WhereStep,
)
from podium.state.target import Target

texts = st.text(max_size=12)
targets = st.builds(
    Target,
    role=st.sampled_from(["button", "link", "textbox", ""]),
    name=texts,
    attributes=st.dictionaries(texts, texts, max_size=2),
    position=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    frame=st.lists(texts, max_size=2).map(tuple),
)
expectations = st.lists(
    st.one_of(
        st.builds(UrlLike, pattern=texts),
        st.builds(TextShown, text=texts),
        st.builds(RowCount, at_least=st.integers(0, 9)),
        st.builds(FileKept, min_bytes=st.integers(0, 10**12)),
    ),
    max_size=2,
).map(tuple)
lists = st.builds(
    ListSpec,
    kind=st.sampled_from(["table", "cards", "list", "record"]),
    columns=st.lists(st.builds(Column, name=texts, header=texts), max_size=3).map(tuple),
)
literals = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Any program that obeys the rules: rows come from an earlier step, ids are used once."""
    names: list[str] = []
    steps = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    return Program(steps=tuple(_step(draw, names, depth) for depth in steps))


def _step(draw: st.DrawFn, names: list[str], depth: int) -> Step:
    source = draw(st.sampled_from(names)) if names else None
    name = f"s{len(names) + 1}"
    step = _plain(draw, name) if source is None else _with_rows(draw, names, name, source, depth)
    if name not in names:
        names.append(name)
    return step


def _plain(draw: st.DrawFn, name: str) -> Step:
    title, expect = draw(texts), draw(expectations)
    target = draw(targets)
    return draw(
        st.sampled_from(
            [
                OpenStep(id=name, title=title, expect=expect, args=OpenArgs(url=title)),
                SignInStep(id=name, title=title, args=SignInArgs(secret="S", password=target)),
                ClickStep(id=name, title=title, retries=2, args=TargetArgs(target=target)),
                FillStep(id=name, title=title, args=FillArgs(target=target, value="{inputs.x}")),
                PressStep(id=name, title=title, args=PressArgs(key="Enter", target=target)),
                DownloadStep(id=name, title=title, args=DownloadArgs(url="{item.link}")),
                ExtractStep(id=name, title=title, args=ExtractArgs(list=draw(lists))),
                AskHumanStep(id=name, title=title, args=AskArgs(question="?", field="f")),
                ClickStep(
                    id=name,
                    title=title,
                    effect="write",
                    probe=OpenStep(id="p", title="", args=OpenArgs(url="/")).to_json(),
                    args=TargetArgs(target=target),
                ),
            ]
        )
    )


def _with_rows(draw: st.DrawFn, names: list[str], name: str, source: str, depth: int) -> Step:
    condition = Condition(column="c", cmp="=", value=draw(literals))
    kind = draw(st.integers(0, 6 if depth else 4))
    if kind >= 5:
        names.append(name)
        inner = tuple(_step(draw, names, depth - 1) for _ in range(draw(st.integers(0, 2))))
        if kind == 5:
            return EachStep(id=name, title="each", args=EachArgs(rows=source, steps=inner))
        return WhenStep(id=name, title="when", args=WhenArgs(rows=source, steps=inner))
    return (
        WhereStep(id=name, title="", args=WhereArgs(rows=source, conditions=(condition,))),
        PickStep(id=name, title="", args=PickArgs(rows=source, which="highest", column="c")),
        AssertStep(id=name, title="", args=AssertArgs(rows=source, at_least=1)),
        StoreStep(id=name, title="", args=StoreArgs(rows=source, dataset="d", key=("k",))),
        _plain(draw, name),
    )[kind]
