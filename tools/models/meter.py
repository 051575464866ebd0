"""What model calls cost: tokens, price and seconds by thread, step and agent, and budgets that end before they are passed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from podium.state.clock import Clock
from podium.state.errors import LimitExceeded, PodiumError


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Part of the input that the server had cached and bills less."""
    estimated: bool = False
    """The server told no numbers; these come from the lengths of the texts."""

    @property
    def total_tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """For whom a call is made."""

    thread: str = ""
    agent: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One request to a model that was sent, whether or not a usable answer came."""

    purpose: str
    """`understand`, `revise`, `choose` ..."""
    model: str
    scope: Scope
    usage: Usage
    price_usd: Decimal | None
    """None: no price is known for this model at this address."""
    duration_s: float
    error: str = ""
    """Code of the failure; empty when an answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What several calls came to."""

    calls: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    price_usd: Decimal = Decimal(0)
    unpriced: int = 0
    """Answered calls whose price is unknown; `price_usd` lacks them."""
    duration_s: float = 0.0

    @property
    def total_tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens


class Prices(Protocol):
    """Knows what a call costs."""

    def price_usd(self, model: str, usage: Usage) -> Decimal | None:
        """Return the price, or none when it is unknown."""
        ...


class PriceList:
    """The bundled public list, for the provider behind an address; another address has no price."""

    def __init__(self, *, base_url: str = "") -> None:
        self._base_url = base_url

    def price_usd(self, model: str, usage: Usage) -> Decimal | None:
        """Return the list price of the call, or none for an unknown model or provider."""
        from genai_prices import Usage as Billed
        from genai_prices import calc_price

        billed = Billed(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cached_tokens or None,
        )
        try:
            if self._base_url:
                return calc_price(billed, model, provider_api_url=self._base_url).total_price
            return calc_price(billed, model, provider_id="openai").total_price
        except (LookupError, ValueError):
            return None


@dataclass(slots=True)
class Purse:
    """The tokens one turn, build or run may use."""

    budget_tokens: int | None
    spent_tokens: int = 0
    reserved_tokens: int = 0

    def check(self, tokens: int) -> None:
        """Accept a call of that size.

        Raises:
            LimitExceeded: If it could pass the budget.
        """
        used = self.spent_tokens + self.reserved_tokens
        if self.budget_tokens is not None and used + tokens > self.budget_tokens:
            raise LimitExceeded(
                f"The model budget of {self.budget_tokens} tokens would be passed: {used} are used, the next call may need {tokens}",
                hint="Raise PODIUM_MODEL_BUDGET_TOKENS, or make the request smaller.",
            )

    def settle(self, reserved: int, spent: int) -> None:
        """Replace what was set aside by what was used."""
        self.reserved_tokens -= reserved
        self.spent_tokens += spent


@dataclass(slots=True)
class Tally:
    """What one scope has used so far, inner scopes included."""

    purse: Purse
    calls: int = 0


@dataclass(slots=True)
class OpenCall:
    """A call under way; whoever makes it says what it used."""

    usage: Usage = field(default_factory=Usage)

    def used(self, usage: Usage) -> None:
        """Record what the answer says it cost."""
        self.usage = usage


class Meter:
    """Counts every call of a process; budgets belong to the scope that is open."""

    def __init__(
        self,
        *,
        clock: Clock,
        budget_tokens: int | None = None,
        prices: Prices | None = None,
        on_call: Callable[[ModelCall], None] | None = None,
        keep: int = 1_000,
    ) -> None:
        self._clock = clock
        self._budget_tokens = budget_tokens
        self._prices = prices
        self._on_call = on_call
        self._keep = keep
        self._calls: list[ModelCall] = []
        self._open: ContextVar[tuple[Scope, tuple[Tally, ...]] | None] = ContextVar(
            "podium_model_scope", default=None
        )

    @property
    def calls(self) -> tuple[ModelCall, ...]:
        """The latest calls, oldest first."""
        return tuple(self._calls)

    def price_by(self, prices: Prices) -> None:
        """Use the price list of the provider that is about to be called."""
        self._prices = prices

    @contextmanager
    def scope(
        self, *, thread: str = "", agent: str = "", step: str = "", budget_tokens: int | None = None
    ) -> Generator[Tally]:
        """Attribute the calls made inside to a thread, agent or step.

        The outermost scope opens a purse with the meter's budget; an inner one shares it, unless it brings its own.
        """
        above, tallies = self._open.get() or (Scope(), ())
        inner = Scope(
            thread=thread or above.thread, agent=agent or above.agent, step=step or above.step
        )
        if tallies and budget_tokens is None:
            purse = tallies[-1].purse
        else:
            purse = Purse(budget_tokens if budget_tokens is not None else self._budget_tokens)
        tally = Tally(purse)
        token = self._open.set((inner, (*tallies, tally)))
        try:
            yield tally
        finally:
            self._open.reset(token)

    @contextmanager
    def call(self, *, purpose: str, model: str, reserve_tokens: int) -> Generator[OpenCall]:
        """Count one request: what it used, how long it took, and how it ended.

        Raises:
            LimitExceeded: If it could pass the budget of the open scope; it must not be made then.
        """
        scope, tallies = self._open.get() or (Scope(), (Tally(Purse(self._budget_tokens)),))
        # An inner budget does not lift the outer one.
        purses = {id(tally.purse): tally.purse for tally in tallies}.values()
        reserve(purses, reserve_tokens)
        call, started, error = OpenCall(), self._clock.monotonic_s(), "cancelled"
        try:
            yield call
            error = ""
        except PodiumError as failure:
            error = failure.code
            raise
        finally:
            for purse in purses:
                purse.settle(reserve_tokens, call.usage.total_tokens)
            for tally in tallies:
                tally.calls += 1
            self._record(
                ModelCall(
                    purpose=purpose,
                    model=model,
                    scope=scope,
                    usage=call.usage,
                    price_usd=self._price(model, call.usage),
                    duration_s=self._clock.monotonic_s() - started,
                    error=error,
                )
            )

    def totals(self, *, thread: str = "", agent: str = "", step: str = "") -> Totals:
        """Return what the latest calls of a thread, agent and step came to; all of them without a name."""
        wanted = Scope(thread=thread, agent=agent, step=step)
        return sum_up(call for call in self._calls if _within(call.scope, wanted))

    def _price(self, model: str, usage: Usage) -> Decimal | None:
        if self._prices is None or not usage.total_tokens:
            return None
        return self._prices.price_usd(model, usage)

    def _record(self, call: ModelCall) -> None:
        self._calls.append(call)
        del self._calls[: -self._keep]
        if self._on_call is not None:
            self._on_call(call)


def reserve(purses: Iterable[Purse], tokens: int) -> None:
    """Set tokens aside for a call that is about to be made, in all purses or in none.

    Raises:
        LimitExceeded: If the call could pass the budget of one.
    """
    purses = tuple(purses)
    for purse in purses:
        purse.check(tokens)
    for purse in purses:
        purse.reserved_tokens += tokens


def sum_up(calls: Iterable[ModelCall]) -> Totals:
    """Return what the calls came to."""
    total = Totals()
    for call in calls:
        answered = not call.error
        total = replace(
            total,
            calls=total.calls + 1,
            failed=total.failed + (not answered),
            input_tokens=total.input_tokens + call.usage.input_tokens,
            output_tokens=total.output_tokens + call.usage.output_tokens,
            price_usd=total.price_usd + (call.price_usd or Decimal(0)),
            unpriced=total.unpriced + (answered and call.price_usd is None),
            duration_s=total.duration_s + call.duration_s,
        )
    return total


def _within(scope: Scope, wanted: Scope) -> bool:
    return all(
        not name or name == having
        for name, having in (
            (wanted.thread, scope.thread),
            (wanted.agent, scope.agent),
            (wanted.step, scope.step),
        )
    )
