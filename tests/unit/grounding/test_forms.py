"""Forms are the same by where they send and what they ask for."""

from __future__ import annotations

import pytest

from podium.tools.grounding.forms import form_likeness, translated_alike

ORDER = "post https://shop.test/orders [customer, note, product, quantity]"
SAME_PLACE = 0.5


@pytest.mark.parametrize(
    "now",
    [
        "post https://shop.test/orders [kunde, menge, notiz, produkt]",
        "post https://shop.test/orders [client, item, qty, remark]",
        "post https://shop.test/v2/orders [cost centre, customer, note, product, quantity]",
        "post https://shop.test/orders [aaa, bbb, ccc, ddd]",
        "script  [customer, note, product, quantity]",
    ],
)
def test_a_redesigned_or_translated_form_is_the_same(now: str) -> None:
    assert form_likeness(ORDER, now) >= SAME_PLACE


@pytest.mark.parametrize(
    "now",
    [
        "post https://shop.test/newsletter [your e-mail]",
        "post https://shop.test/tickets [message, subject]",
        "get https://shop.test/find [search]",
        "script  [e-mail]",
        "",
    ],
)
def test_another_form_is_not(now: str) -> None:
    assert form_likeness(ORDER, now) < SAME_PLACE


def test_a_script_form_in_another_language_is_known_by_its_number_of_fields_where_it_is_alone_so() -> (
    None
):
    mine, now = "script  [nurse, reason, shift]", "script  [grund, pflegekraft, schicht]"

    assert translated_alike(mine, now, [now, "script  [grund, name]"])
    assert not translated_alike(mine, now, [now, "script  [a, b, c]"])
    assert not translated_alike("post /swap [nurse, reason, shift]", now, [now])
