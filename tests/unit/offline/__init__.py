"""The offline planner: labelled requests, recurrences, secrets, revisions."""
