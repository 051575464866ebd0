from __future__ import annotations

import pytest

from podium.state.errors import NotFound, NotPermitted, UserError
from podium.state.stores import Vault
from tests.fakes import FakeClock

SHOP = "https://shop.test"


def put(vault: Vault, name: str = "shop", origin: str = SHOP, password: str = "s3cret") -> None:
    vault.put(name=name, origin=origin, user="ann", password=password, totp_seed="SEED")


def test_a_credential_comes_back_on_its_origin(vault: Vault) -> None:
    put(vault)

    credential = vault.open("shop", origin=f"{SHOP}:443/login")

    assert (credential.user, credential.password, credential.totp_seed) == ("ann", "s3cret", "SEED")


def test_listings_hold_no_values(vault: Vault, clock: FakeClock) -> None:
    put(vault)
    put(vault, "another")

    listed = vault.list()

    assert [secret.name for secret in listed] == ["another", "shop"]
    assert "s3cret" not in str(listed)
    assert "SEED" not in str(listed)
    assert (listed[1].origin, listed[1].user, listed[1].has_totp) == (SHOP, "ann", True)
    assert listed[1].created_at == clock.now()
    assert listed[1].last_used_at is None


def test_a_credential_shows_no_value_when_printed(vault: Vault) -> None:
    put(vault)

    assert "s3cret" not in repr(vault.open("shop", origin=SHOP))


def test_using_a_credential_is_remembered(vault: Vault, clock: FakeClock) -> None:
    put(vault)
    clock.advance(hours=2)

    vault.open("shop", origin=SHOP)

    assert vault.list()[0].last_used_at == clock.now()


@pytest.mark.parametrize(
    "other",
    [
        "http://shop.test",
        "https://shop.test:8443",
        "https://shop.test.evil.test",
        "https://evil.test",
        "https://sub.shop.test",
    ],
)
def test_a_credential_is_refused_on_any_other_origin(vault: Vault, other: str) -> None:
    put(vault)

    with pytest.raises(NotPermitted, match=r"belongs to https://shop\.test"):
        vault.open("shop", origin=other)

    assert vault.for_origin(other) is None
    assert vault.list()[0].last_used_at is None


def test_of_several_credentials_of_an_origin_the_newest_is_taken(
    vault: Vault, clock: FakeClock
) -> None:
    put(vault, "old")
    clock.advance(days=1)
    put(vault, "new", origin="HTTPS://Shop.Test/")
    clock.advance(days=1)
    put(vault, "elsewhere", origin="https://else.test")

    found = vault.for_origin(SHOP)

    assert found is not None
    assert found.name == "new"


def test_storing_again_replaces_the_credential(vault: Vault) -> None:
    put(vault)

    put(vault, password="changed")

    assert vault.open("shop", origin=SHOP).password == "changed"
    assert len(vault.list()) == 1


def test_a_deleted_credential_is_gone(vault: Vault) -> None:
    put(vault)

    vault.delete("shop")

    assert vault.list() == ()
    with pytest.raises(NotFound, match="'shop'"):
        vault.open("shop", origin=SHOP)
    with pytest.raises(NotFound, match="'shop'"):
        vault.delete("shop")


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 64, "{secrets.X}", "é"])
def test_a_name_that_no_program_could_write_is_refused(vault: Vault, name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a secret"):
        put(vault, name)


@pytest.mark.parametrize(
    "origin", ["", "shop.test", "ftp://shop.test", "https://", "https://a:b", "https://a@b.test"]
)
def test_a_credential_needs_an_origin(vault: Vault, origin: str) -> None:
    with pytest.raises(UserError, match="address"):
        put(vault, origin=origin)


def test_sealed_bytes_come_back_under_their_name_only(vault: Vault) -> None:
    sealed = vault.seal("run_1/cookies", b"session=1")

    assert b"session" not in sealed
    assert vault.unseal("run_1/cookies", sealed) == b"session=1"
    with pytest.raises(NotPermitted, match="'run_2/cookies' was changed, or belongs to something"):
        vault.unseal("run_2/cookies", sealed)


def test_sealing_the_same_bytes_twice_shows_no_likeness(vault: Vault) -> None:
    assert vault.seal("a", b"x" * 100)[20:] != vault.seal("a", b"x" * 100)[20:]


def test_changed_bytes_are_noticed_wherever_they_changed(vault: Vault) -> None:
    sealed = vault.seal("a", b"session")

    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(NotPermitted):
            vault.unseal("a", bytes(changed))
    for length in range(len(sealed)):
        with pytest.raises(NotPermitted):
            vault.unseal("a", sealed[:length])
