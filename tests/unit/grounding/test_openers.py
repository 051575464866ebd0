"""What may be opened to uncover a target: what folds, never what acts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podium.state.target import Target
from podium.tools.grounding.openers import openers, steps_on
from podium.tools.page import Form, Node, Record, Snapshot

TARGET = Target(role="textbox", name="Customer", heading="New order", phrase="Customer")


def page(*nodes: Node) -> Snapshot:
    return Snapshot(
        url="https://site.test/",
        title="",
        headings=("New order",),
        messages=(),
        text="",
        nodes=nodes,
        forms=(),
        collections=(),
    )


def button(name: str, ref: str = "b1") -> Node:
    return Node(ref=ref, tag="button", role="button", name=name)


def names(*nodes: Node) -> list[str]:
    return [item.node.name for item in openers(TARGET, page(*nodes))]


def test_the_control_that_is_called_like_the_targets_heading_comes_first() -> None:
    menu = replace(button("Menu", "b1"), expanded=False)
    fold = replace(button("New order", "b2"), expanded=False)

    assert names(menu, fold) == ["New order", "Menu"]


@pytest.mark.parametrize(
    "said", ["Delete", "Archive", "Send", "Save", "Sign out", "Next", "Cancel"]
)
def test_what_is_named_like_an_act_is_no_opener(said: str) -> None:
    assert names(replace(button(said), expanded=False)) == []


def test_links_to_other_pages_and_open_folds_are_no_openers() -> None:
    link = Node(
        ref="l", tag="a", role="link", name="Menu", attributes={"href": "https://site.test/menu"}
    )

    assert names(link, replace(button("Menu"), expanded=True)) == []


def test_a_rows_control_is_only_sought_behind_what_stands_in_the_row() -> None:
    target = Target(role="button", name="Archive", row_key="PO-1")
    inside = replace(button("More actions", "b1"), row="r1", expanded=False)
    other = replace(button("More actions", "b2"), row="r2", expanded=False)
    found = openers(target, page(inside, other), row=Record(ref="r1", values=(), nodes=("b1",)))

    assert [item.node.ref for item in found] == ["b1"]


def test_the_button_that_sends_a_form_is_no_opener_even_when_it_is_called_like_the_heading() -> (
    None
):
    sends = replace(button("Order"), form="f1", input_type="submit")

    assert names(sends) == []
    assert names(replace(sends, expanded=False)) == ["Order"]


def a_step(method: str, fields: str, *, kind: str = "submit") -> Snapshot:
    node = replace(button("Next"), form="f", input_type=kind)
    form = Form(
        ref="f",
        method=method,
        action="/new/2",
        name="",
        signature=f"{method} /new/2 [{fields}]",
        has_password=False,
        has_file=False,
        nodes=("b1",),
    )
    return replace(page(node), forms=(form,))


@pytest.mark.parametrize(
    ("shown", "goes"),
    [
        (a_step("get", "customer, street"), True),
        (a_step("script", "customer, street", kind="button"), True),
        (a_step("post", "customer, street"), False),
        (a_step("get", "query"), False),
        (a_step("get", "amount, customer, street"), False),
    ],
    ids=["looked up", "by script", "sent", "another form", "the whole form"],
)
def test_the_next_part_of_a_form_may_be_a_page_of_its_own(shown: Snapshot, goes: bool) -> None:
    target = of_form("post /new [amount, customer, street]")

    assert steps_on(target, shown.nodes[0], shown) is goes


def of_form(signature: str) -> Target:
    return TARGET.model_copy(update={"form": signature, "name": "Amount"})
