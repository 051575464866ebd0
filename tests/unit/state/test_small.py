"""Clock, ids, errors, names of agents: small things that everything relies on."""

from __future__ import annotations

import inspect
import re
from datetime import UTC

import pytest

from podium.state import errors
from podium.state.clock import SystemClock
from podium.state.document import Document
from podium.state.engine import Segment
from podium.state.errors import (
    Fatal,
    InvalidProgram,
    PodiumError,
    Refused,
    Retryable,
    StepError,
    UserError,
)
from podium.state.ids import TimeIds
from podium.state.spec import check_agent_name
from podium.state.stores import Credential


def test_the_clock_is_aware_and_does_not_go_back() -> None:
    clock = SystemClock()

    assert clock.now().tzinfo is UTC
    assert clock.monotonic_s() <= clock.monotonic_s()


def test_later_ids_sort_after_earlier_ones() -> None:
    ids = TimeIds()
    made = [ids.new("run") for _ in range(50)]

    assert len(set(made)) == 50
    assert made == sorted(made)
    assert all(re.fullmatch(r"run_[0-9a-v]{16}", one) for one in made)


def test_the_drawn_tree_of_errors_is_the_real_one() -> None:
    drawn = re.findall(r"^[│├└─ ]*(\w+)(?:  |$)", inspect.getdoc(errors) or "", re.MULTILINE)
    real = [name for name, _ in inspect.getmembers(errors, inspect.isclass)]

    assert sorted(drawn) == sorted(real)


def test_every_error_has_a_code_and_says_what_to_do() -> None:
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        assert issubclass(kind, PodiumError)
        error = kind("It broke", hint="Mend it.")
        assert (str(error), error.message, error.hint) == ("It broke", "It broke", "Mend it.")
        assert error.code


def test_a_step_s_error_carries_its_code_and_evidence() -> None:
    assert Retryable("slow", code="timeout").code == "timeout"
    assert Fatal("gone", evidence=("ev_1",)).evidence == ("ev_1",)
    assert Refused("other").code == "meaning_changed"
    assert StepError("x").evidence == ()
    assert InvalidProgram("x", problems=("a", "b")).problems == ("a", "b")


@pytest.mark.parametrize("name", ["a", "invoice-loader", "7up", "x" * 63])
def test_a_plain_slug_names_an_agent(name: str) -> None:
    assert check_agent_name(name) == name


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a_b", "../a", "é", "x" * 64, "a\n"])
def test_anything_else_does_not(name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of an agent"):
        check_agent_name(name)


def test_a_credential_hides_its_values() -> None:
    credential = Credential("shop", "https://shop.test", "ann", "hunter2", "SEED")

    assert "hunter2" not in repr(credential)
    assert "SEED" not in str(credential)


def test_a_segment_is_plain_json() -> None:
    segment = Segment(segment_id="s", kind="run", thread_id="t", payload={"input": {}})

    assert Segment.model_validate(segment.to_json()) == segment


def test_documents_are_frozen_and_closed() -> None:
    class Point(Document):
        x: int

    point = Point(x=1)

    assert point.to_json() == {"x": 1}
    with pytest.raises(ValueError, match="frozen"):
        setattr(point, "x", 2)  # noqa: B010  the checkers know that it is frozen
    with pytest.raises(ValueError, match="Extra inputs"):
        Point.model_validate({"x": 1, "y": 2})
