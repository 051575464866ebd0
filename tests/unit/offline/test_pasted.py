from __future__ import annotations

import pytest

from podium.tools.offline.pasted import PLACEHOLDER, find_secrets

PASTED = {
    "log in as anna with password hunter2": ("hunter2", "anna"),
    "log in as anna with password hunter2, then go": ("hunter2", "anna"),
    "user: bob, password: s3cr!t": ("s3cr!t", "bob"),
    'the password is "correct horse battery"': ("correct horse battery", ""),
    "pw=abc123": ("abc123", ""),
    "(login: max, password: Sup3r!geheim)": ("Sup3r!geheim", "max"),
    "credentials anna / pa55word": ("pa55word", "anna"),
    "login with jo.k:Xy12z9": ("Xy12z9", "jo.k"),
    "https://anna:geheim99@portal.example/": ("geheim99", "anna"),
    "use the token ghp_abcdefghijklmnopqrstuvwx12": ("ghp_abcdefghijklmnopqrstuvwx12", ""),
    "api key: sk-abcdefghijklmnop1234": ("sk-abcdefghijklmnop1234", ""),
    "hunter2 is the password": ("hunter2", ""),
    "passwd admin": ("admin", ""),
    "my pin is 4711": ("4711", ""),
    "password hunter2.": ("hunter2", ""),
}


@pytest.mark.parametrize(("text", "found"), PASTED.items(), ids=list(PASTED))
def test_a_pasted_secret_is_cut_out(text: str, found: tuple[str, str]) -> None:
    clean, secrets = find_secrets(text)

    assert [(secret.value, secret.user) for secret in secrets] == [found]
    assert found[0] not in clean
    assert PLACEHOLDER in clean


@pytest.mark.parametrize(
    "text",
    [
        "reset my password at https://x.example",
        "fill the password reset form",
        "use the stored password",
        "open the password manager page",
        "log in with the password in the vault",
        "the password field is on the left",
        "download the boarding pass for Anna",
        "collect title, price and rating",
        "subject: Token ring",
        "sign in with user anna and the password I stored",
        "every day at 8:30 list all passwords policies",
    ],
)
def test_talk_about_passwords_is_left_alone(text: str) -> None:
    clean, secrets = find_secrets(text)

    assert (clean, secrets) == (text, ())


def test_positions_are_those_of_the_given_text() -> None:
    text = "password: abc123, and the pin: 9876"

    _, secrets = find_secrets(text)

    assert [text[secret.start : secret.end] for secret in secrets] == ["abc123", "9876"]


def test_a_found_secret_does_not_show_its_value() -> None:
    _, secrets = find_secrets("password: abc123")

    assert "abc123" not in repr(secrets)


def test_a_secret_that_is_said_twice_is_cut_out_twice() -> None:
    clean, _ = find_secrets("password: abc12345. Again: abc12345")

    assert "abc12345" not in clean
