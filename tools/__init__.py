"""Capabilities with side effects, behind ports: browser, grounding, planners, files."""
