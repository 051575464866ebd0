"""Processes that die at a chosen point around what they keep: an exception that nothing catches stands for the kill."""

from __future__ import annotations

from dataclasses import dataclass, field

from podium.state.effects import EffectRecord
from podium.state.sealed import SealedStore
from podium.state.stores import EffectStore


class Died(BaseException):
    """The end of a process."""


@dataclass
class Death:
    """Comes once: at the `at`-th point, or the first time at the one of that name."""

    at: int = -1
    name: str = ""
    points: list[str] = field(default_factory=list[str])

    def pass_by(self, point: str) -> None:
        """Come to a point."""
        self.points.append(point)
        first = self.points.count(point) == 1
        if len(self.points) - 1 == self.at or (first and point == self.name):
            raise Died(point)


@dataclass
class MortalEffects:
    inner: EffectStore
    death: Death

    def get(self, effect_key: str) -> EffectRecord | None:
        return self.inner.get(effect_key)

    def put(self, record: EffectRecord) -> None:
        self.death.pass_by(f"before {record.step_id} {record.status}")
        self.inner.put(record)
        self.death.pass_by(f"after {record.step_id} {record.status}")


@dataclass
class MortalSealed:
    inner: SealedStore
    death: Death

    def put(self, run_id: str, sealed: bytes) -> None:
        self.death.pass_by("before sealing")
        self.inner.put(run_id, sealed)
        self.death.pass_by("after sealing")

    def get(self, run_id: str) -> bytes | None:
        return self.inner.get(run_id)

    def drop(self, run_id: str) -> None:
        self.inner.drop(run_id)
