"""The practice portal over real HTTP: what a visitor sees, and that the oracle tells the truth."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from podium.server.portal.app import VARIANTS, PortalApp, create_portal
from podium.server.portal.german import GERMAN_POOLS
from podium.server.portal.serve import ServedPortal, describe_portal, serve_portal
from podium.server.portal.vocabulary import ENGLISH_POOLS
from podium.state.errors import UserError

Json = dict[str, Any]

SEEDS = (0, 1, 2, 3, 7)


class Visitor:
    """A browser's part of the conversation: cookies, links and forms by their canonical keys."""

    def __init__(self, portal: PortalApp, client: httpx.AsyncClient) -> None:
        self.portal, self.client = portal, client

    async def read(self, path: str, **query: str) -> httpx.Response:
        named = {self.portal.naming.field(key): value for key, value in query.items()}
        return await self.client.get(path, params=named or None)

    async def send(self, page: str, action: str, **fields: str) -> httpx.Response:
        """Submit a form to `action` with the token that `page` shows."""
        name = self.portal.naming.field
        shown = (await self.client.get(page)).text
        token = re.search(rf'name="{name("csrf")}" value="([^"]+)"', shown)
        assert token is not None
        form = {name(key): value for key, value in fields.items()}
        return await self.client.post(action, data={name("csrf"): token[1], **form})

    async def sign_in(self, *, password: str | None = None, next: str = "") -> httpx.Response:
        portal, given = self.portal, password
        return await self.send(
            portal.paths.sign_in,
            portal.paths.sign_in,
            username=portal.username,
            password=portal.password if given is None else given,
            next=next,
        )

    async def truth(self) -> Json:
        return (await self.client.get("/_oracle")).json()


@asynccontextmanager
async def visit(
    seed: int = 0, *, variant: str = "classic", signed_in: bool = True
) -> AsyncGenerator[Visitor]:
    portal = create_portal(seed, variant=variant)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal), base_url="http://portal.test", follow_redirects=True
    ) as client:
        visitor = Visitor(portal, client)
        if signed_in:
            assert (await visitor.sign_in()).url.path == portal.paths.home
        yield visitor


def links(page: str, prefix: str) -> list[str]:
    return [html.unescape(href) for href in re.findall(r'href="([^"]+)"', page) if prefix in href]


async def list_numbers(visitor: Visitor, **query: str) -> list[str]:
    """Return the invoice numbers of all pages in the order shown."""
    numbers: list[str] = []
    known = {row.number for row in visitor.portal.truth.world.invoices}
    page = (await visitor.read(visitor.portal.paths.invoices, **query)).text
    while True:
        cells = re.split(r"<tbody>|<div class=", page, maxsplit=0)
        texts = re.findall(r">\s*([^<>]+?)\s*<", "".join(cells))
        numbers += [html.unescape(text) for text in texts if html.unescape(text) in known]
        following = re.search(r'<a href="([^"]+)" rel="next"', page)
        if following is None:
            return numbers
        page = (await visitor.client.get(html.unescape(following[1]))).text


async def test_a_visitor_without_a_session_is_sent_to_sign_in_and_back() -> None:
    async with visit(signed_in=False) as visitor:
        paths = visitor.portal.paths
        answer = await visitor.read(paths.invoices)
        assert answer.url.path == paths.sign_in
        assert dict(answer.url.params) == {"next": paths.invoices}

        answer = await visitor.sign_in(next=paths.invoices)

        assert answer.url.path == paths.invoices


async def test_a_foreign_address_to_return_to_is_ignored() -> None:
    async with visit(signed_in=False) as visitor:
        answer = await visitor.sign_in(next="//elsewhere.test/")
        assert str(answer.url) == f"http://portal.test{visitor.portal.paths.home}"


async def test_a_wrong_password_says_so_and_stays() -> None:
    async with visit(signed_in=False) as visitor:
        answer = await visitor.sign_in(password="wrong")

        assert answer.url.path == visitor.portal.paths.sign_in
        alert = re.search(r'role="alert">([^<]+)<', answer.text)
        assert alert is not None
        assert alert[1] == visitor.portal.words["sign_in_wrong"]
        attempts = (await visitor.truth())["sign_ins"]
        user = visitor.portal.username
        assert attempts == [{"order": 1, "user": user, "ok": False, "locked": False}]


async def test_after_five_wrong_passwords_the_right_one_is_refused_too() -> None:
    async with visit(signed_in=False) as visitor:
        for _ in range(5):
            answer = await visitor.sign_in(password="wrong")
        answer = await visitor.sign_in()

        assert visitor.portal.words["sign_in_locked"] in answer.text
        attempts = (await visitor.truth())["sign_ins"]
        assert [attempt["locked"] for attempt in attempts] == [False] * 4 + [True] * 2
        assert not any(attempt["ok"] for attempt in attempts)

        visitor.portal.reset()
        assert (await visitor.sign_in()).url.path == visitor.portal.paths.home


async def test_signing_out_ends_the_session() -> None:
    async with visit() as visitor:
        paths = visitor.portal.paths
        answer = await visitor.send(paths.home, paths.sign_out)
        assert visitor.portal.words["signed_out"] in answer.text
        assert (await visitor.read(paths.home)).url.path == paths.sign_in


async def test_a_form_without_its_token_is_refused_and_recorded() -> None:
    async with visit() as visitor:
        answer = await visitor.client.post(
            visitor.portal.paths.new_ticket, data={"subject": "Hello"}
        )
        assert answer.status_code == 403
        (write,) = (await visitor.truth())["writes"]
        assert (write["kind"], write["accepted"]) == ("ticket", False)
        assert not (await visitor.truth())["tickets"]


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_pages_of_the_list_show_every_invoice_once(seed: int) -> None:
    async with visit(seed) as visitor:
        rows = (await visitor.truth())["rows"]["invoices"]
        numbers = await list_numbers(visitor)

        assert len(rows) >= 64
        assert len(numbers) == len(set(numbers))
        assert set(numbers) == {row["number"] for row in rows}


@pytest.mark.parametrize("variant", VARIANTS)
async def test_the_filter_leaves_just_the_rows_of_one_status(variant: str) -> None:
    async with visit(variant=variant) as visitor:
        truth = await visitor.truth()
        for meaning in truth["statuses"]:
            expected = {r["number"] for r in truth["rows"]["invoices"] if r["meaning"] == meaning}
            assert expected, f"no invoice is {meaning}"
            assert set(await list_numbers(visitor, status=meaning)) == expected


@pytest.mark.parametrize(
    ("column", "field"), [("amount", "amount"), ("due", "due"), ("number", "number")]
)
async def test_headers_sort_the_whole_list_both_ways(column: str, field: str) -> None:
    async with visit(2) as visitor:
        rows = (await visitor.truth())["rows"]["invoices"]
        values = {row["number"]: row[field] for row in rows}
        up = [values[n] for n in await list_numbers(visitor, sort=column, dir="asc")]
        down = [values[n] for n in await list_numbers(visitor, sort=column, dir="desc")]
        assert up == sorted(up)
        assert down == sorted(down, reverse=True)


@pytest.mark.parametrize("query", [{"page": "999"}, {"page": "x"}, {"sort": "evil"}, {"dir": "?"}])
async def test_a_senseless_list_address_still_shows_a_list(query: dict[str, str]) -> None:
    async with visit() as visitor:
        answer = await visitor.read(visitor.portal.paths.invoices, **query)
        assert answer.status_code == 200
        assert "INV-" in answer.text


@pytest.mark.parametrize("seed", SEEDS)
async def test_each_file_is_served_as_the_oracle_says(seed: int) -> None:
    async with visit(seed) as visitor:
        files = (await visitor.truth())["files"]
        for file in files:
            answer = await visitor.client.get(file["path"])
            assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
            assert len(answer.content) == file["bytes"]
            assert answer.headers["content-disposition"].startswith("attachment; filename=")

        served = (await visitor.truth())["downloads"]
        assert [row["path"] for row in served] == [file["path"] for file in files]
        csv_sums = [file["sha256"] for file in files if file["kind"] == "invoice_csv"]
        assert len(set(csv_sums)) == len(csv_sums)
        assert len({file["path"] for file in files}) == len(files)


async def test_an_invoice_csv_holds_the_lines_that_make_the_amount() -> None:
    async with visit() as visitor:
        row = (await visitor.truth())["rows"]["invoices"][5]
        text = (await visitor.client.get(row["csv"])).text
        lines = list(csv.reader(io.StringIO(text)))
        total = sum(float(line[4].lstrip("€").replace(",", "")) for line in lines[1:])
        assert total == pytest.approx(row["amount"])
        assert {line[0] for line in lines[1:]} == {row["number"]}


async def test_an_invoice_page_shows_what_the_list_shows() -> None:
    async with visit(3) as visitor:
        row = (await visitor.truth())["rows"]["invoices"][0]
        page = html.unescape((await visitor.client.get(row["path"])).text)
        shown = [row["number"], row["party"], row["status"], *row["shown"].values()]
        assert [text for text in shown if text not in page] == []


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_folder_and_file_is_reached_by_following_links(seed: int) -> None:
    async with visit(seed) as visitor:
        root, found = visitor.portal.paths.documents, set[str]()
        waiting, seen = [root], set[str]()
        while waiting:
            here = waiting.pop()
            seen.add(here)
            page = (await visitor.client.get(here)).text
            found.update(re.findall(rf'(?:href|action)="({visitor.portal.paths.files}/\d+)"', page))
            waiting += [link for link in links(page, f"{root}/") if link not in seen]
        documents = [f for f in (await visitor.truth())["files"] if f["kind"] == "document"]
        assert found == {file["path"] for file in documents}
        assert max(file["owner"].count("/") for file in documents) == 1


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_catalogue_page_is_empty_and_its_source_has_all_products(seed: int) -> None:
    async with visit(seed) as visitor:
        expected = (await visitor.truth())["rows"]["products"]
        page = (await visitor.read(visitor.portal.paths.catalogue)).text
        assert not [row["sku"] for row in expected if row["sku"] in page]

        items: list[Json] = []
        for number in range(1, 20):
            api = visitor.portal.paths.products_api
            answer: Json = (await visitor.read(api, page=str(number))).json()
            items += answer["items"]
            if number == answer["pages"]:
                break
        shown = [(row["sku"], row["name"], row["shown_price"]) for row in expected]
        assert [(item["sku"], item["name"], item["price"]) for item in items] == shown


async def test_the_search_finds_products_by_words_of_their_name() -> None:
    async with visit() as visitor:
        product = (await visitor.truth())["rows"]["products"][7]
        material, *_, thing = product["name"].split()
        answer: Json = (
            await visitor.read(visitor.portal.paths.products_api, q=f"{thing} {material.upper()}")
        ).json()
        assert product["sku"] in [item["sku"] for item in answer["items"]]
        assert all(thing in item["name"] for item in answer["items"])
        assert (await visitor.client.get(answer["items"][0]["href"])).status_code == 200


TICKET = {"subject": "Late pallet", "category": "delivery", "priority": "high", "message": "Soon?"}


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_ticket_is_confirmed_with_its_number_and_listed(seed: int) -> None:
    async with visit(seed) as visitor:
        paths, words = visitor.portal.paths, visitor.portal.words
        answer = await visitor.send(paths.new_ticket, paths.new_ticket, **TICKET)

        truth = await visitor.truth()
        (ticket,) = truth["tickets"]
        assert ticket["number"] in answer.text
        assert html.escape(words["ticket_created"]) in answer.text
        assert ticket["category"] == words["category_delivery"]
        (write,) = truth["writes"]
        assert (write["fields"], write["accepted"]) == (TICKET, True)
        assert ticket["number"] in (await visitor.read(paths.tickets)).text


async def test_a_ticket_without_a_subject_is_sent_back_with_what_was_typed() -> None:
    async with visit() as visitor:
        path = visitor.portal.paths.new_ticket
        answer = await visitor.send(path, path, **(TICKET | {"subject": " ", "copy": "1"}))
        assert answer.status_code == 422
        assert "Subject is required" in answer.text
        assert "Soon?" in answer.text
        truth = await visitor.truth()
        assert not truth["tickets"]
        assert [write["accepted"] for write in truth["writes"]] == [False]


async def test_typed_markup_is_shown_and_not_run() -> None:
    async with visit() as visitor:
        path = visitor.portal.paths.new_ticket
        typed = TICKET | {"subject": "<script>alert(1)</script>"}
        answer = await visitor.send(path, path, **typed)
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert" in answer.text


async def test_the_oracle_counts_all_events_in_one_order_and_keeps_no_password() -> None:
    async with visit() as visitor:
        paths = visitor.portal.paths
        await visitor.client.get(visitor.portal.truth.world.invoices[0].csv.path)
        await visitor.send(paths.new_ticket, paths.new_ticket, **TICKET)
        await visitor.send(paths.home, paths.sign_out)
        answer = await visitor.client.get("/_oracle")
        truth: Json = answer.json()
        assert [truth["sign_ins"][0]["order"], truth["downloads"][0]["order"]] == [1, 2]
        assert [(w["order"], w["kind"]) for w in truth["writes"]] == [
            (3, "ticket"),
            (4, "sign_out"),
        ]
        assert visitor.portal.password not in answer.text


async def test_a_write_to_nowhere_is_still_a_write_that_arrived() -> None:
    async with visit() as visitor:
        path = visitor.portal.truth.world.invoices[0].path
        assert (await visitor.client.delete(path)).status_code == 405
        assert (await visitor.client.post("/nowhere")).status_code == 404
        writes = (await visitor.truth())["writes"]
        assert [(w["method"], w["path"], w["accepted"]) for w in writes] == [
            ("DELETE", path, False),
            ("POST", "/nowhere", False),
        ]


async def test_asking_for_the_headers_of_a_file_is_no_download() -> None:
    async with visit() as visitor:
        path = visitor.portal.truth.world.invoices[0].csv.path
        assert (await visitor.client.head(path)).status_code == 200
        assert not (await visitor.truth())["downloads"]


async def test_a_clients_own_token_is_kept_with_its_write() -> None:
    async with visit() as visitor:
        headers = {"Idempotency-Key": "k-1"}
        await visitor.client.post(visitor.portal.paths.invoice_settings, headers=headers)
        (write,) = (await visitor.truth())["writes"]
        assert (write["kind"], write["client_token"]) == ("settings", "k-1")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", SEEDS)
async def test_every_menu_entry_leads_to_a_page_with_its_own_title(seed: int, variant: str) -> None:
    async with visit(seed, variant=variant) as visitor:
        home = (await visitor.read(visitor.portal.paths.home)).text
        menu = home[home.index("<nav") : home.index("</nav>")]
        titles: set[str] = set()
        for link in links(menu, "/"):
            answer = await visitor.client.get(link)
            assert answer.status_code == 200
            title = re.search(r"<title>([^<]+)</title>", answer.text)
            assert title is not None
            titles.add(title[1])
            assert answer.text.count("<h1>") == 1
        assert len(titles) == 8


@pytest.mark.parametrize("seed", range(40))
def test_ids_addresses_and_words_of_a_seed_never_collide(seed: int) -> None:
    portal = create_portal(seed, variant="german" if seed % 2 else "classic")
    paths = list(vars(portal.paths).values())
    assert len(set(paths)) == len(paths)
    assert len(set(portal.statuses.values())) == len(portal.statuses)
    columns = [portal.words[f"col_{name}"] for name in portal.layout.invoice_columns]
    assert len(set(columns)) == len(columns)
    rows = portal.truth.world.invoices
    assert len({row.key for row in rows}) == len({row.number for row in rows}) == len(rows)
    assert {row.meaning for row in rows} == set(portal.statuses)


def test_the_same_seed_gives_the_same_portal_and_another_seed_another() -> None:
    first, again, other = create_portal(5), create_portal(5), create_portal(6)
    assert first.truth.as_json() == again.truth.as_json()
    assert (first.words, first.layout, first.password) == (
        again.words,
        again.layout,
        again.password,
    )
    assert first.words != other.words
    assert first.truth.as_json() != other.truth.as_json()


def test_german_has_every_word() -> None:
    assert set(GERMAN_POOLS) == set(ENGLISH_POOLS)


def test_an_unknown_variant_is_named() -> None:
    with pytest.raises(UserError, match="no variant 'neon'"):
        create_portal(variant="neon")


@pytest.fixture
def served() -> Generator[ServedPortal]:
    with serve_portal(seed=1, latency_ms=60) as running:
        yield running


def test_it_is_served_on_loopback_with_its_latency(served: ServedPortal) -> None:
    assert served.url.startswith("http://127.0.0.1:")
    answer = httpx.get(f"{served.url}{served.portal.paths.sign_in}")
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.06
    assert served.portal.password in describe_portal(served)


def test_a_port_in_use_is_refused_with_advice(served: ServedPortal) -> None:
    port = int(served.url.rsplit(":", 1)[1])
    with (
        pytest.raises(UserError, match=f"Port {port} cannot be used") as caught,
        serve_portal(port),
    ):
        pass
    assert "Choose another" in caught.value.hint


def test_after_the_block_nobody_answers() -> None:
    with serve_portal() as running:
        address = f"{running.url}/_oracle"
        assert httpx.get(address).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
