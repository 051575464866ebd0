"""Explores a site for each planned step and compiles what worked. Heuristics over snapshots; no site is known here."""
