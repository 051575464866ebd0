"""The orchestrator's drawing: which node follows which."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from functools import partial

from langgraph.graph import END, START, StateGraph

from podium.graphs.orchestrator import nodes, routing
from podium.graphs.orchestrator.ports import OrchestratorServices
from podium.graphs.orchestrator.state import OrchestratorInput, OrchestratorState

OrchestratorBuilder = StateGraph[OrchestratorState, None, OrchestratorInput, OrchestratorState]

RECURSION_LIMIT = 400
"""Supersteps of one work thread: planned steps, questions and three rebuilds stay far below."""


def build_orchestrator(services: OrchestratorServices) -> OrchestratorBuilder:
    """Return the uncompiled graph; the caller chooses the checkpointer."""
    graph: OrchestratorBuilder = StateGraph(OrchestratorState, input_schema=OrchestratorInput)
    planner, builder = services.planner, services.builder
    workspace, children = services.workspace, services.children

    graph.add_node("understand", partial(nodes.understand, planner=planner, workspace=workspace))
    graph.add_node("recall", partial(nodes.recall, workspace=workspace))
    graph.add_node("clarify", partial(nodes.clarify, workspace=workspace))
    graph.add_node("ask", nodes.ask)
    graph.add_node("plan", partial(nodes.plan, planner=planner, workspace=workspace))
    graph.add_node("review", nodes.ask)
    graph.add_node("revise", partial(nodes.revise, planner=planner, workspace=workspace))
    graph.add_node("rework", partial(nodes.rework, planner=planner, workspace=workspace))
    graph.add_node("retire", partial(nodes.retire, workspace=workspace))
    graph.add_node("build", partial(nodes.build, builder=builder))
    graph.add_node("save", partial(nodes.save, workspace=workspace, builder=builder))
    graph.add_node("test", partial(nodes.test, children=children))
    graph.add_node("diagnose", nodes.diagnose)
    graph.add_node("deploy", partial(nodes.deploy, workspace=workspace))
    graph.add_node("act", partial(nodes.act, workspace=workspace))
    graph.add_node("respond", nodes.respond)

    route = graph.add_conditional_edges
    graph.add_edge(START, "understand")
    route("understand", routing.after_understand, ["recall", "act", "respond"])
    route("recall", routing.after_recall, ["ask", "recall", "clarify", "act"])
    route("clarify", routing.after_clarify, ["ask", "clarify", "plan"])
    route(
        "ask",
        routing.after_ask,
        [
            "ask",
            "recall",
            "clarify",
            "rework",
            "build",
            "test",
            "diagnose",
            "deploy",
            "act",
            "retire",
        ],
    )
    route("plan", routing.after_plan, ["clarify", "review", "build", "revise", "respond"])
    route("review", routing.after_review, ["review", "build", "revise", "respond"])
    route("revise", routing.after_plan, ["clarify", "review", "build", "revise", "respond"])
    route("build", routing.after_build, ["build", "ask", "diagnose", "save"])
    route("save", routing.after_save, ["test", "respond"])
    route("test", routing.after_test, ["test", "ask", "diagnose", "deploy"])
    route("diagnose", routing.after_diagnose, ["diagnose", "ask", "build", "respond"])
    route("deploy", routing.after_deploy, ["deploy", "ask", "build", "retire", "respond"])
    route("retire", routing.after_retire, ["retire", "ask", "respond"])
    route("act", routing.after_act, ["act", "ask", "rework", "respond"])
    route("rework", routing.after_rework, ["rework", "ask", "review", "build", "revise", "respond"])
    route("respond", routing.after_respond, {"end": END, "recall": "recall", "act": "act"})
    return graph
