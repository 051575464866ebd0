"""LangGraph and nothing else: the orchestrator, and the graph of an agent."""
