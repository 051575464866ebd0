"""Durable facts: documents, records, their rules and their stores. No graph, no browser."""
