"""Signatures as the Standard Webhooks scheme publishes them, and all that is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.tools.webhooks import BadSignature, new_secret, sign, verify

# The example of the specification (standard-webhooks/spec).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, tz=UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def check(
    *,
    keys: list[str] | None = None,
    message_id: str = ID,
    timestamp: str = "1614265330",
    signature: str = SIGNATURE,
    body: bytes = BODY,
    now: datetime = AT,
) -> None:
    verify(
        keys if keys is not None else [SECRET],
        message_id=message_id,
        timestamp=timestamp,
        signature=signature,
        body=body,
        now=now,
    )


def test_the_published_example_is_signed_and_accepted() -> None:
    assert sign(SECRET, message_id=ID, at=AT, body=BODY) == SIGNATURE
    check()


def test_one_good_signature_among_others_and_either_of_two_keys_will_do() -> None:
    check(signature=f"v2,abc v1,AAAA v1a,xyz {SIGNATURE}")
    check(keys=[new_secret(), SECRET])


@pytest.mark.parametrize(
    "wrong",
    [
        {"signature": ""},
        {"signature": "v1"},
        {"signature": "v1,"},
        {"signature": "v1,not base64!"},
        {"signature": "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"signature": SIGNATURE.replace("v1", "v2")},
        {"signature": SIGNATURE.replace("g0", "g1")},
        {"signature": "v1,\u20ac"},
        {"signature": " ".join(["v1,AAAA"] * 16 + [SIGNATURE])},
        {"timestamp": ""},
        {"timestamp": "now"},
        {"timestamp": "-1614265330"},
        {"timestamp": "1614265330.5"},
        {"timestamp": "9" * 40},
        {"timestamp": "\u0661\u0662"},
        {"timestamp": "1614265331"},
        {"message_id": ""},
        {"message_id": "msg 1"},
        {"message_id": "m" * 257},
        {"message_id": "msg_other"},
        {"body": BODY + b" "},
        {"body": b""},
        {"keys": []},
        {"now": AT + timedelta(seconds=301)},
        {"now": AT - timedelta(seconds=301)},
    ],
    ids=str,
)
def test_anything_else_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSignature):
        check(**wrong)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_header_upsets_the_check(message_id: str, timestamp: str, signature: str) -> None:
    with pytest.raises(BadSignature):
        check(message_id=message_id, timestamp=timestamp, signature=signature)
