from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from podium.state.errors import LimitExceeded, Retryable
from podium.tools.models.meter import Meter, ModelCall, PriceList, Usage
from tests.fakes import FakeClock


def spend(meter: Meter, tokens: int, *, reserve: int = 10) -> None:
    with meter.call(purpose="understand", model="m", reserve_tokens=reserve) as call:
        call.used(Usage(input_tokens=tokens))


def test_a_call_is_attributed_to_the_scopes_that_are_open() -> None:
    meter = Meter(clock=FakeClock())
    with meter.scope(thread="t", agent="a"), meter.scope(step="s"):
        spend(meter, 7)
    spend(meter, 5)

    assert meter.totals(thread="t", agent="a", step="s").input_tokens == 7
    assert meter.totals(thread="other").calls == 0
    assert meter.totals().input_tokens == 12


def test_a_call_is_timed() -> None:
    clock = FakeClock()
    meter = Meter(clock=clock)
    with meter.call(purpose="choose", model="m", reserve_tokens=1):
        clock.advance(seconds=2.5)

    assert meter.calls[0].duration_s == pytest.approx(2.5)


def test_the_call_that_could_pass_the_budget_is_not_made() -> None:
    meter = Meter(clock=FakeClock(), budget_tokens=100)
    with meter.scope(thread="t"):
        spend(meter, 80)
        with pytest.raises(LimitExceeded, match="100 tokens would be passed: 80 are used"):
            spend(meter, 1, reserve=30)

    assert len(meter.calls) == 1


def test_what_was_set_aside_and_not_used_is_free_again() -> None:
    meter = Meter(clock=FakeClock(), budget_tokens=100)
    with meter.scope():
        spend(meter, 5, reserve=90)
        spend(meter, 5, reserve=90)

    assert meter.totals().total_tokens == 10


def test_each_outermost_scope_has_the_whole_budget() -> None:
    meter = Meter(clock=FakeClock(), budget_tokens=100)
    for thread in ("one", "two"):
        with meter.scope(thread=thread):
            spend(meter, 90)

    assert meter.totals().calls == 2


def test_an_inner_budget_does_not_lift_the_outer_one() -> None:
    meter = Meter(clock=FakeClock(), budget_tokens=50)
    with (
        meter.scope(thread="t"),
        meter.scope(step="s", budget_tokens=1_000),
        pytest.raises(LimitExceeded),
    ):
        spend(meter, 1, reserve=60)


async def test_calls_under_way_at_the_same_time_share_the_budget() -> None:
    meter = Meter(clock=FakeClock(), budget_tokens=100)

    async def ask() -> None:
        with meter.call(purpose="choose", model="m", reserve_tokens=60) as call:
            await asyncio.sleep(0)
            call.used(Usage(input_tokens=60))

    with meter.scope():
        results = await asyncio.gather(ask(), ask(), return_exceptions=True)

    assert [type(result) for result in results] == [type(None), LimitExceeded]


def test_a_failed_call_counts_with_its_reason() -> None:
    meter = Meter(clock=FakeClock())
    with pytest.raises(Retryable), meter.call(purpose="choose", model="m", reserve_tokens=1):
        raise Retryable("busy", code="busy")

    assert (meter.calls[0].error, meter.totals().failed) == ("busy", 1)


def test_a_scope_tells_how_many_calls_were_made_in_it() -> None:
    meter = Meter(clock=FakeClock())
    with meter.scope() as outer:
        spend(meter, 1)
        with meter.scope() as inner:
            spend(meter, 1)

    assert (outer.calls, inner.calls) == (2, 1)


def test_every_call_is_told_to_whoever_keeps_records() -> None:
    told: list[ModelCall] = []
    spend(Meter(clock=FakeClock(), on_call=told.append), 3)

    assert told[0].usage.total_tokens == 3


def test_only_the_latest_calls_are_kept() -> None:
    meter = Meter(clock=FakeClock(), keep=2)
    for tokens in (1, 2, 3):
        spend(meter, tokens)

    assert [call.usage.input_tokens for call in meter.calls] == [2, 3]


def test_a_known_model_of_a_known_provider_has_a_price() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=0)
    price = PriceList().price_usd("gpt-4o-mini", usage)

    assert price is not None
    assert Decimal("0.01") < price < Decimal(10)


def test_cached_input_costs_less() -> None:
    prices = PriceList(base_url="https://api.openai.com/v1")
    full = prices.price_usd("gpt-4o-mini", Usage(input_tokens=1000))
    cached = prices.price_usd("gpt-4o-mini", Usage(input_tokens=1000, cached_tokens=1000))

    assert full is not None
    assert cached is not None
    assert cached < full


@pytest.mark.parametrize(
    ("model", "base_url"), [("gpt-4o-mini", "http://127.0.0.1:11434/v1"), ("no-such-model", "")]
)
def test_an_unknown_price_is_said_to_be_unknown_and_not_nothing(model: str, base_url: str) -> None:
    meter = Meter(clock=FakeClock(), prices=PriceList(base_url=base_url))
    with meter.call(purpose="choose", model=model, reserve_tokens=1) as call:
        call.used(Usage(input_tokens=10, output_tokens=5))

    assert meter.calls[0].price_usd is None
    assert meter.totals().unpriced == 1
