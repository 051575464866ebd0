"""The server-side truth: what the portal holds and everything that was done to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from podium.server.portal.data import Invoice, PortalFile, World
from podium.server.portal.layout import Layout

_FIRST_TICKET = 10_412


@dataclass(frozen=True, kw_only=True)
class SignInAttempt:
    """One submitted sign-in form; the password is never kept."""

    order: int
    user: str
    ok: bool
    locked: bool


@dataclass(frozen=True, kw_only=True)
class DownloadServed:
    """One file that left the portal."""

    order: int
    path: str
    name: str


@dataclass(kw_only=True)
class Write:
    """One request other than a read that arrived, sign-ins apart; `accepted` if it had an effect."""

    order: int
    kind: str
    method: str
    path: str
    fields: dict[str, str]
    client_token: str | None
    accepted: bool = False


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One ticket in the words that its form showed."""

    number: str
    subject: str
    category: str
    priority: str
    message: str
    copy: bool


@dataclass
class PortalTruth:
    """Everything that a test may want to compare with; grows while the portal is used."""

    world: World
    layout: Layout
    statuses: Mapping[str, str]
    seed: int
    variant: str
    tickets: list[Ticket] = field(default_factory=list[Ticket])
    writes: list[Write] = field(default_factory=list[Write])
    sign_ins: list[SignInAttempt] = field(default_factory=list[SignInAttempt])
    downloads: list[DownloadServed] = field(default_factory=list[DownloadServed])
    _last_order: int = 0

    def record_sign_in(self, user: str, *, ok: bool, locked: bool) -> None:
        """Keep one attempt."""
        attempt = SignInAttempt(order=self._next_order(), user=user, ok=ok, locked=locked)
        self.sign_ins.append(attempt)

    def record_write(
        self, *, kind: str, method: str, path: str, fields: dict[str, str], client_token: str | None
    ) -> Write:
        """Keep one arrived write, not yet accepted."""
        write = Write(
            order=self._next_order(),
            kind=kind,
            method=method,
            path=path,
            fields=fields,
            client_token=client_token,
        )
        self.writes.append(write)
        return write

    def record_download(self, file: PortalFile) -> None:
        """Keep one served file."""
        served = DownloadServed(order=self._next_order(), path=file.path, name=file.name)
        self.downloads.append(served)

    def add_ticket(
        self, *, subject: str, category: str, priority: str, message: str, copy: bool
    ) -> Ticket:
        """Keep a new ticket under the next free number."""
        ticket = Ticket(
            number=f"T-{_FIRST_TICKET + 7 * len(self.tickets)}",
            subject=subject,
            category=category,
            priority=priority,
            message=message,
            copy=copy,
        )
        self.tickets.append(ticket)
        return ticket

    def clear(self) -> None:
        """Forget everything that visitors did."""
        for record in (self.tickets, self.writes, self.sign_ins, self.downloads):
            record.clear()
        self._last_order = 0

    def as_json(self) -> dict[str, object]:
        """Return the truth as plain JSON values."""
        return {
            "seed": self.seed,
            "variant": self.variant,
            "statuses": dict(self.statuses),
            "rows": {
                "invoices": [self._invoice(row) for row in self.world.invoices],
                "products": [
                    {
                        "sku": row.sku,
                        "name": row.name,
                        "price": row.price_cents / 100,
                        "currency": self.layout.currency,
                        "stock": row.stock,
                        "shown_price": self.layout.shown_money(row.price_cents),
                    }
                    for row in self.world.products
                ],
            },
            "files": [_file(file) for file in self.world.files()],
            "tickets": [asdict(ticket) for ticket in self.tickets],
            "writes": [asdict(write) for write in self.writes],
            "sign_ins": [asdict(attempt) for attempt in self.sign_ins],
            "downloads": [asdict(served) for served in self.downloads],
        }

    def _invoice(self, row: Invoice) -> dict[str, object]:
        return {
            "number": row.number,
            "party": row.party,
            "issued": row.issued.isoformat(),
            "due": row.due.isoformat(),
            "amount": row.amount_cents / 100,
            "currency": self.layout.currency,
            "status": self.statuses[row.meaning],
            "meaning": row.meaning,
            "shown": {
                "issued": self.layout.shown_date(row.issued),
                "due": self.layout.shown_date(row.due),
                "amount": self.layout.shown_money(row.amount_cents),
            },
            "path": row.path,
            "csv": row.csv.path,
            "pdf": row.pdf.path,
        }

    def _next_order(self) -> int:
        self._last_order += 1
        return self._last_order


def _file(file: PortalFile) -> dict[str, object]:
    return {
        "path": file.path,
        "name": file.name,
        "bytes": len(file.content),
        "sha256": file.sha256,
        "kind": file.kind,
        "owner": file.owner,
    }
