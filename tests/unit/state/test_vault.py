from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from podium.state.errors import NotPermitted, SetupError, UserError
from podium.state.sql import open_engine
from podium.state.sql.migrations import upgrade
from podium.state.sql.secrets import open_vault
from podium.state.sql.tables import secrets
from podium.state.vault import SealedVault, load_key
from tests.fakes import FakeClock

SHOP = "https://shop.test"
KEY = b"k" * 32


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/podium.db")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def vault(engine: sa.Engine) -> SealedVault:
    vault = open_vault(engine, KEY, FakeClock())
    vault.put(name="shop", origin=SHOP, user="ann", password="s3cret-canary", totp_seed="SEED")
    return vault


def tamper(engine: sa.Engine, **changes: object) -> None:
    with engine.begin() as connection:
        connection.execute(secrets.update().where(secrets.c.name == "shop").values(**changes))


def test_no_value_lies_in_the_database_file(vault: SealedVault, tmp_path: Path) -> None:
    vault.open("shop", origin=SHOP)

    for path in tmp_path.iterdir():
        assert b"s3cret-canary" not in path.read_bytes()
        assert b"SEED" not in path.read_bytes()


def test_the_wrong_key_says_that_it_is_the_wrong_key(vault: SealedVault, engine: sa.Engine) -> None:
    other = open_vault(engine, b"x" * 32, FakeClock())

    with pytest.raises(NotPermitted, match="'shop' was encrypted with another master key"):
        other.open("shop", origin=SHOP)

    assert vault.open("shop", origin=SHOP).password == "s3cret-canary"


@pytest.mark.parametrize(
    "changes",
    [{"user": "eve"}, {"version": 2}, {"sealed": b""}, {"sealed": b"PV1" + b"\0" * 60}],
)
def test_an_edited_row_cannot_be_opened(
    vault: SealedVault, engine: sa.Engine, changes: dict[str, object]
) -> None:
    tamper(engine, **changes)

    with pytest.raises(NotPermitted):
        vault.open("shop", origin=SHOP)


def test_a_password_cannot_be_redirected_to_another_site(
    vault: SealedVault, engine: sa.Engine
) -> None:
    tamper(engine, origin="https://evil.test")

    with pytest.raises(NotPermitted, match="was changed, or belongs to something else"):
        vault.open("shop", origin="https://evil.test")


def test_ciphertexts_cannot_be_swapped(vault: SealedVault, engine: sa.Engine) -> None:
    vault.put(name="bank", origin=SHOP, user="ann", password="other")
    with engine.connect() as connection:
        bank = connection.execute(
            sa.select(secrets.c.sealed).where(secrets.c.name == "bank")
        ).scalar_one()
    tamper(engine, sealed=bank)

    with pytest.raises(NotPermitted, match="was changed, or belongs to something else"):
        vault.open("shop", origin=SHOP)


def test_an_older_ciphertext_cannot_be_put_back(vault: SealedVault, engine: sa.Engine) -> None:
    with engine.connect() as connection:
        old = connection.execute(sa.select(secrets.c.sealed)).scalar_one()
    vault.put(name="shop", origin=SHOP, user="ann", password="rotated")
    tamper(engine, sealed=old)

    with pytest.raises(NotPermitted):
        vault.open("shop", origin=SHOP)


def test_workspaces_do_not_see_each_other(vault: SealedVault, engine: sa.Engine) -> None:
    other = open_vault(engine, KEY, FakeClock(), workspace="other")

    assert other.list() == ()
    other.put(name="shop", origin=SHOP, user="bob", password="theirs")
    assert vault.open("shop", origin=SHOP).password == "s3cret-canary"
    other.delete("shop")
    tamper(engine, workspace="third")
    assert vault.list() == ()
    third = open_vault(engine, KEY, FakeClock(), workspace="third")
    with pytest.raises(NotPermitted):
        third.open("shop", origin=SHOP)


def test_sealed_bytes_and_secrets_are_not_interchangeable(
    vault: SealedVault, engine: sa.Engine
) -> None:
    with engine.connect() as connection:
        sealed = connection.execute(sa.select(secrets.c.sealed)).scalar_one()

    with pytest.raises(NotPermitted):
        vault.unseal("shop", sealed)


def test_a_key_file_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "home" / "master.key"

    key = load_key(master_key=None, key_file=path)

    assert len(key) == 32
    assert load_key(master_key="", key_file=path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["master.key"]


def test_of_many_that_make_the_key_file_at_once_all_get_one_key(tmp_path: Path) -> None:
    def load(_: int) -> bytes:
        return load_key(master_key=None, key_file=tmp_path / "master.key")

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(load, range(32)))

    assert len(keys) == 1


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    load_key(master_key=None, key_file=path)
    path.chmod(0o640)

    with pytest.raises(SetupError, match="Others may read") as caught:
        load_key(master_key=None, key_file=path)

    assert "chmod 600" in caught.value.hint


def test_a_damaged_key_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(b"short")
    path.chmod(0o600)

    with pytest.raises(SetupError, match="is damaged"):
        load_key(master_key=None, key_file=path)

    assert path.read_bytes() == b"short"


def test_a_linked_key_file_is_not_followed(tmp_path: Path) -> None:
    load_key(master_key=None, key_file=tmp_path / "real")
    (tmp_path / "master.key").symlink_to(tmp_path / "real")

    with pytest.raises(SetupError, match="cannot be read"):
        load_key(master_key=None, key_file=tmp_path / "master.key")


def test_a_key_file_that_cannot_be_created_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(SetupError, match="cannot be read"):
        load_key(master_key=None, key_file=tmp_path / "file" / "master.key")
    with pytest.raises(SetupError, match="cannot be created"):
        load_key(master_key=None, key_file=tmp_path / ("x" * 250))


def test_a_master_key_gives_the_same_key_everywhere(tmp_path: Path) -> None:
    one = load_key(master_key="correct horse battery", key_file=tmp_path / "a")
    two = load_key(master_key="correct horse battery", key_file=tmp_path / "b")
    other = load_key(master_key="correct horse batterY", key_file=tmp_path / "a")

    assert one == two != other
    assert len(one) == 32
    assert list(tmp_path.iterdir()) == []


def test_a_master_key_that_protects_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="fewer than 16"):
        load_key(master_key="short", key_file=tmp_path / "a")
