from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.state.effects import EffectRecord, EffectStatus, check_next, may_send
from podium.state.errors import Conflict
from tests.builders import an_effect

STATUSES: tuple[EffectStatus, ...] = ("intended", "sent", "answered", "done", "held")


@pytest.mark.parametrize(
    ("record", "allowed"),
    [
        (None, "send"),
        (an_effect("intended"), "send"),
        (an_effect("held"), "send"),
        (an_effect("sent"), "probe"),
        (an_effect("answered"), "probe"),
        (an_effect("done"), "done"),
    ],
)
def test_what_a_resume_may_do_follows_from_the_journal(
    record: EffectRecord | None, allowed: str
) -> None:
    assert may_send(record) == allowed


@given(st.lists(st.sampled_from(STATUSES), max_size=12))
def test_no_sequence_of_records_sends_a_done_write_again(statuses: list[EffectStatus]) -> None:
    kept: EffectRecord | None = None
    was_done = False
    for status in statuses:
        try:
            check_next(kept, an_effect(status))
        except Conflict:
            assert was_done
            continue
        kept = an_effect(status)
        was_done = was_done or status == "done"

    assert not was_done or may_send(kept) == "done"


@given(st.lists(st.sampled_from(STATUSES), max_size=12))
def test_after_sending_nothing_but_a_new_intention_allows_to_send(
    statuses: list[EffectStatus],
) -> None:
    kept = an_effect("sent")
    for status in statuses:
        try:
            check_next(kept, an_effect(status))
        except Conflict:
            continue
        kept = an_effect(status)

    assert may_send(kept) != "send" or kept.status in {"intended", "held"}
