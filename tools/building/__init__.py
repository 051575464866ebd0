"""Explores a site for each planned step and compiles what worked. Heuristics over snapshots; no site is known here."""

from __future__ import annotations

from podium.tools.building.builder import SiteBuilder

__all__ = ["SiteBuilder"]
