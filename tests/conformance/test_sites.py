"""The port `SiteStore`: how often runs may begin at a site, whoever executes them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from podium.state.sites import SiteRates
from podium.state.stores import Stores
from tests.fakes import FakeClock

SHOP, ERP = "https://shop.test", "https://erp.test"
TWO = SiteRates(per_minute=2)


def places(
    stores: Stores, clock: FakeClock, runs: Sequence[str], rates: SiteRates = TWO
) -> list[float]:
    """Return after how many seconds each run's turn comes."""
    now = clock.now()
    return [(stores.sites.take(run, [SHOP], rates, now=now) - now).total_seconds() for run in runs]


def test_no_more_runs_begin_in_a_minute_than_the_rate_says(
    stores: Stores, clock: FakeClock
) -> None:
    assert places(stores, clock, ["a", "b", "c", "d", "e"]) == [0, 0, 60, 60, 120]


def test_a_run_keeps_its_place_however_often_it_asks(stores: Stores, clock: FakeClock) -> None:
    assert places(stores, clock, ["a", "b", "c", "c", "c"]) == [0, 0, 60, 60, 60]

    clock.advance(seconds=60)

    assert places(stores, clock, ["c"]) == [0]


def test_time_makes_room(stores: Stores, clock: FakeClock) -> None:
    places(stores, clock, ["a", "b"])
    clock.advance(seconds=45)

    assert places(stores, clock, ["c"]) == [15]


def test_a_rate_below_one_is_a_run_every_some_minutes(stores: Stores, clock: FakeClock) -> None:
    assert places(stores, clock, ["a", "b"], SiteRates(per_minute=0.1)) == [0, 600]


@pytest.mark.parametrize(
    "rates", [SiteRates(), SiteRates(per_minute=2, of_origin={SHOP: 0})], ids=["none", "lifted"]
)
def test_a_site_without_a_rate_lets_all_go(
    stores: Stores, clock: FakeClock, rates: SiteRates
) -> None:
    assert places(stores, clock, ["a", "b", "c"], rates) == [0, 0, 0]


def test_sites_do_not_wait_for_each_other(stores: Stores, clock: FakeClock) -> None:
    now, rates = clock.now(), SiteRates(of_origin={SHOP: 1})
    stores.sites.take("a", [SHOP], rates, now=now)

    assert stores.sites.take("b", [ERP], rates, now=now) == now


def test_a_run_at_two_sites_waits_for_the_later_turn(stores: Stores, clock: FakeClock) -> None:
    now, rates = clock.now(), SiteRates(of_origin={SHOP: 1, ERP: 1})
    stores.sites.take("a", [SHOP], rates, now=now)

    both = stores.sites.take("b", [ERP, SHOP], rates, now=now)
    after = stores.sites.take("c", [ERP], rates, now=now)

    assert both == now + timedelta(minutes=1)
    assert after == now + timedelta(minutes=2)


def test_a_place_that_is_given_back_is_the_next_one_s(stores: Stores, clock: FakeClock) -> None:
    places(stores, clock, ["a", "b", "c", "d"])

    stores.sites.give_back("c", now=clock.now())
    stores.sites.give_back("a", now=clock.now())  # that one has been at the site

    assert places(stores, clock, ["e", "f"]) == [60, 120]


def test_places_are_given_once_to_many_at_the_same_time(stores: Stores, clock: FakeClock) -> None:
    now = clock.now()

    def take(number: int) -> datetime:
        return stores.sites.take(f"run_{number}", [SHOP], TWO, now=now)

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(take, range(8)))

    assert [(at - now).total_seconds() for at in found] == [0, 0, 60, 60, 120, 120, 180, 180]
