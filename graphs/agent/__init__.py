"""The child graph: one program, one graph, one named node per step."""
