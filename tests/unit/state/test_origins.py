from __future__ import annotations

import pytest

from podium.state.errors import UserError
from podium.state.origins import origin_of, web_address


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.Test/a?b=c#d", "https://shop.test"),
        ("https://shop.test:443/", "https://shop.test"),
        ("http://shop.test:80", "http://shop.test"),
        ("http://shop.test:8080/x", "http://shop.test:8080"),
        ("http://shop.test./", "http://shop.test"),
        (" http://127.0.0.1:5000 ", "http://127.0.0.1:5000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://bücher.test/", "https://xn--bcher-kva.test"),
    ],
)
def test_an_address_has_one_origin(url: str, origin: str) -> None:
    assert origin_of(url) == origin
    assert origin_of(origin) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.test",
        "//shop.test",
        "ftp://shop.test",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "https://user:pw@shop.test",
        "https://shop.test\\@evil.test",
        "https://a:99999",
        "https://a:b",
        "https://[::1",
        "https://a..b/",
        "https://" + "x" * 70 + ".test",
    ],
)
def test_what_is_no_site_has_no_origin(url: str) -> None:
    with pytest.raises(UserError) as caught:
        origin_of(url)

    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("shop.test", "https://shop.test"),
        (" shop.test/a?b ", "https://shop.test/a?b"),
        ("shop.test:8080", "https://shop.test:8080"),
        ("localhost:5000/x", "http://localhost:5000/x"),
        ("127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://shop.test", "http://shop.test"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
    ],
)
def test_what_a_person_types_becomes_a_full_address(text: str, address: str) -> None:
    assert web_address(text) == address


@pytest.mark.parametrize("text", ["", "the shop", "shop", "a b.test", "javascript:alert(1)"])
def test_what_is_no_address_is_not_made_one(text: str) -> None:
    with pytest.raises(UserError):
        web_address(text)
