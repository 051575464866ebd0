from __future__ import annotations

import itertools
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from podium.state.plan import Understanding
from tests.unit.offline.labels import CASES_FOR_PROPERTIES, understand

_WORDS = sorted({word for case in CASES_FOR_PROPERTIES for word in case.text.split()})


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200))
def test_any_text_gets_a_reading(text: str) -> None:
    assert isinstance(understand(text), Understanding)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(_WORDS), max_size=25))
def test_any_order_of_known_words_gets_a_reading(words: list[str]) -> None:
    reading = understand(" ".join(words))

    assert 0.0 <= reading.confidence <= 1.0
    assert reading.requests


_SECRETS = st.text(
    alphabet=string.ascii_letters + string.digits + "!$%&?#+*_", min_size=8, max_size=16
).filter(
    lambda text: (
        any(c.isdigit() for c in text)
        and any(c.isalpha() for c in text)
        and text[0].isalnum()
        and text[-1].isalnum()
    )
)


@settings(deadline=None, max_examples=120)
@given(
    secret=_SECRETS,
    phrase=st.sampled_from(
        [
            "log into https://x.example as anna with password {} and list all orders",
            "sign in at https://x.example (user: anna, password: {}), then list all orders",
            "list all orders at https://x.example, login anna, pw={}",
            "list all orders at https://x.example. My password is {}.",
            'use password "{}" for https://x.example and list all orders',
            "list all orders at https://anna:{}@x.example/",
            "credentials anna / {} - list all orders at https://x.example",
            "pin: {} user: anna, list all orders at https://x.example",
        ]
    ),
)
def test_a_pasted_secret_is_nowhere_in_the_reading(secret: str, phrase: str) -> None:
    reading = understand(phrase.format(secret))

    assert secret not in reading.model_dump_json()


_CLAUSES = (
    "open https://shop.example",
    "search for desk lamp",
    "save the first result's title and price",
)


def test_the_order_of_the_sentences_does_not_change_the_reading() -> None:
    read = {
        tuple(
            (step.op, step.thing, step.fields, step.which)
            for step in understand(". ".join(order) + ".").requests[0].steps
        )
        for order in itertools.permutations(_CLAUSES)
    }

    assert len(read) == 1
