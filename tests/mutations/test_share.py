"""A seeded share of `make mutations` at every commit; the whole size is the command's."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.mutations.eighth import EIGHTH
from tests.mutations.fifth import FIFTH
from tests.mutations.fourth import FOURTH
from tests.mutations.lab import Lab, Result, flows_of, open_lab
from tests.mutations.mutators import CHANGING, MUTATORS, PRESERVING, all_cases
from tests.mutations.ninth import NINTH
from tests.mutations.second import SECOND
from tests.mutations.seventh import SEVENTH
from tests.mutations.sites.base import SCRIPT
from tests.mutations.sixth import SIXTH, sixth_cases
from tests.mutations.third import THIRD

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

_FLOWS = ("orders-row", "stock-form")
_SHARE = 12
_NEW_FLOWS, _NEW_SHARE = ("shop-row",), 4


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncGenerator[Lab]:
    async with open_lab(tmp_path) as opened:
        yield opened


async def test_what_was_learnt_survives_redesigns_and_writes_nothing_wrong(lab: Lab) -> None:
    fitting = [case for case in all_cases() if case.flow.name in _FLOWS]
    cases = random.Random(1).sample(fitting, _SHARE)
    results: list[Result] = []

    await lab.prepare(flows_of(cases), say=lambda _: None)
    await lab.run(cases, done=results.append)

    told = [(one.case, one.verdict, one.why) for one in results if not one.good]
    assert sum(one.wrong_writes for one in results) == 0, told
    assert not [one.case for one in results if one.verdict == "silently_wrong"], told
    assert len(told) <= 2, told


async def test_a_share_of_the_newest_large_set_writes_nothing_wrong(lab: Lab) -> None:
    fitting = [case for case in sixth_cases() if case.flow.name in _NEW_FLOWS]
    cases = random.Random(2).sample(fitting, _NEW_SHARE)
    results: list[Result] = []

    await lab.prepare(flows_of(cases), say=lambda _: None)
    await lab.run(cases, done=results.append)

    told = [(one.case, one.verdict, one.why) for one in results if not one.good]
    assert sum(one.wrong_writes for one in results) == 0, told
    assert not [one.case for one in results if one.verdict == "silently_wrong"], told
    assert len(told) <= 1, told


def test_the_lab_has_its_size() -> None:
    names = [mutator.name for mutator in MUTATORS]
    cases = all_cases()

    assert len(names) == len(set(names))
    assert len(PRESERVING) >= 30
    assert len(CHANGING) >= 12
    assert len({case.id for case in cases}) == len(cases) >= 500
    assert len({case.flow.site for case in cases}) >= 5


def test_every_script_that_a_mutator_names_is_one() -> None:
    known = set(re.findall(r"^  (\w+)\(root\) \{", SCRIPT, re.MULTILINE))

    assert {
        name
        for mutator in (
            *MUTATORS,
            *SECOND,
            *THIRD,
            *FOURTH,
            *FIFTH,
            *SIXTH,
            *SEVENTH,
            *EIGHTH,
            *NINTH,
        )
        for name in mutator.scripts
    } <= known
