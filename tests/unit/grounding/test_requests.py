"""A step's requests are a part of its meaning."""

from __future__ import annotations

import pytest

from podium.tools.grounding.requests import same_request

SITE = "https://shop.test"


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        ("POST /orders", "POST /orders"),
        ("POST /orders", "POST /api/v2/orders"),
        ("POST /v1/orders", "POST /v2/orders"),
        ("POST /orders", "PUT /orders"),
        ("POST /orders", "POST /orders/create"),
        ("POST /orders/create", "POST /orders"),
        ("POST /orders/*/archive", "POST /purchase-orders/*/archive"),
        ("POST /orders", "POST /orders?lang=*"),
        ("POST /sign-in", "POST /login"),
    ],
)
def test_a_moved_address_is_the_same_request(recorded: str, now: str) -> None:
    assert same_request((_at(recorded),), _at(now))


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        ("POST /payments/*/release", "POST /payments/*/release-all"),
        ("POST /offers", "POST /offer-drafts"),
        ("POST /orders", "POST /test/orders"),
        ("POST /tracks/*/queue", "POST /tracks/*/queue-album"),
        ("POST /orders/*/archive", "POST /orders/*/delete"),
        ("POST /orders/*/archive", "POST /orders/archive-all"),
        ("POST /orders", "POST /orders/delete"),
        ("POST /orders", "POST /orders/delete-all"),
        ("POST /orders", "POST /quotes"),
        ("POST /orders", "DELETE /orders"),
        ("POST /orders", "POST /newsletter"),
        ("POST /api/requests", "POST /api/requests/cancel"),
        ("POST /orders/*/archive", "GET /orders/*/delete"),
        ("POST /graphql#mutation ApproveLeave", "POST /graphql#mutation RejectLeave"),
        ("POST /rows/*/approve", "POST /rows/*/decline"),
    ],
)
def test_another_verb_or_thing_is_another_request(recorded: str, now: str) -> None:
    assert not same_request((_at(recorded),), _at(now))


def test_another_origin_is_another_request() -> None:
    assert not same_request((f"POST {SITE}/orders",), "POST https://other.test/orders")


def _at(signature: str) -> str:
    method, _, path = signature.partition(" ")
    return f"{method} {SITE}{path}"
