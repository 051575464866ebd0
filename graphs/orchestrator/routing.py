"""Where the orchestrator goes next. Pure functions of the state."""

from __future__ import annotations

from podium.graphs.orchestrator import rules
from podium.graphs.orchestrator.state import OrchestratorState


def after_understand(state: OrchestratorState) -> str:
    """To the first request, or to the answer when there is none."""
    return _request(state) if state.get("requests") else "respond"


def after_recall(state: OrchestratorState) -> str:
    """Ask what to do with an agent that does it already, do that, or go on with a new one."""
    if state.get("question"):
        return "ask"
    if state.get("answer") is not None:
        return "recall"
    return "clarify" if rules.request_of(state).verb == "create" else "act"


def after_clarify(state: OrchestratorState) -> str:
    """Ask, take an answer that was given beforehand, or plan."""
    if state.get("question"):
        return "ask"
    return "clarify" if state.get("answer") is not None else "plan"


def after_ask(state: OrchestratorState) -> str:
    """Ask again after an answer that does not fit, else hand it to the node that asked."""
    if state.get("question"):
        return "ask"
    return str(state.get("asked", {}).get("node", "respond"))


def after_plan(state: OrchestratorState) -> str:
    """To the review, or back to the questions when an answer could not be used."""
    if state.get("plan") is None:
        return "clarify"
    return "review" if state.get("question") else after_review(state)


def after_review(state: OrchestratorState) -> str:
    """Approve, edit or reject; an answer that does not fit is asked again."""
    if state.get("question"):
        return "review"
    match (state.get("answer") or {}).get("decision"):
        case "approve":
            return "build"
        case "edit":
            return "revise"
        case _:
            return "respond"


def after_build(state: OrchestratorState) -> str:
    """Build the next planned step, or clear what stands in its way."""
    if state.get("failure"):
        return "diagnose"
    if state.get("question"):
        return "ask"
    done = state.get("step_index", 0) >= len(rules.agent_of(state).steps)
    return "save" if done else "build"


def after_test(state: OrchestratorState) -> str:
    """Ask what the test run asks, look into its failure, or show its evidence."""
    if state.get("failure"):
        return "diagnose"
    if state.get("question"):
        return "ask"
    return "test" if state.get("answer") is not None else "deploy"


def after_diagnose(state: OrchestratorState) -> str:
    """Build again, ask, or give up."""
    if state.get("status") == "failed":
        return "respond"
    if state.get("question"):
        return "ask"
    return "diagnose" if state.get("answer") is not None else "build"


def after_deploy(state: OrchestratorState) -> str:
    """Ask for approval, take it, build the plan's next agent, or answer."""
    if state.get("question"):
        return "ask"
    if state.get("answer") is not None:
        return "deploy"
    if state.get("agent_index", 0) < len(rules.plan_of(state).agents):
        return "build"
    basis = rules.found_basis(state)
    return "retire" if basis and basis.retire else "respond"


def after_retire(state: OrchestratorState) -> str:
    """Ask what becomes of the old agents, do it, or tell."""
    if state.get("question"):
        return "ask"
    return "retire" if state.get("answer") is not None else "respond"


def after_save(state: OrchestratorState) -> str:
    """Test the version, unless it could not be kept."""
    return "test" if state.get("saved") else "respond"


def after_rework(state: OrchestratorState) -> str:
    """To the review; ask again what shall change; or tell that nothing would."""
    if state.get("asked", {}).get("node") == "rework":
        if state.get("question"):
            return "ask"
        if state.get("answer") is not None:
            return "rework"
    return "respond" if state.get("plan") is None else after_plan(state)


def after_act(state: OrchestratorState) -> str:
    """Ask, take an answer, rework the plan of what exists, or tell."""
    if state.get("basis"):
        return "rework"
    if state.get("question"):
        return "ask"
    return "act" if state.get("answer") is not None else "respond"


def after_respond(state: OrchestratorState) -> str:
    """To the next request, or to the end."""
    more = state.get("current", 0) < len(state.get("requests", []))
    return _request(state) if more else "end"


def _request(state: OrchestratorState) -> str:
    return "recall" if rules.request_of(state).verb == "create" else "act"
