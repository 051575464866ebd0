"""The parent graph: from a goal to a deployed agent, and the verbs on a workspace."""
