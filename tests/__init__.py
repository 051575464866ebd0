"""Tests. One folder for each ring: unit, conformance, graphs, server, e2e, repo."""
