"""From a program to its graph: one named node per step, loops and branches as edges, an `ask` node for every stop."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial

from langgraph.graph import END, START, StateGraph

from podium.graphs.agent import nodes
from podium.graphs.agent.nodes import AgentServices
from podium.graphs.agent.state import AgentInput, AgentState, AgentUpdate
from podium.state.program import RESERVED_IDS, EachStep, Program, Step, WhenStep, walk

AgentBuilder = StateGraph[AgentState, None, AgentInput, AgentState]

_ROWS_ONLY = frozenset({"where", "pick", "new_since", "changed", "assert", "join", "store"})
"""Ops that work on staged rows: they have nothing to ask a person."""


def build_agent(program: Program, services: AgentServices) -> AgentBuilder:
    """Return the uncompiled graph of the program; the caller chooses the checkpointer."""
    graph: AgentBuilder = StateGraph(AgentState, input_schema=AgentInput)
    graph.add_node("begin", partial(nodes.begin, ledger=services.ledger))
    graph.add_node("finish", partial(nodes.finish, ledger=services.ledger))
    graph.add_edge(START, "begin")
    wiring = _Wiring(graph, program, services)
    first = wiring.chain(program.steps, after="finish", loop=None)
    graph.add_edge("begin", first)
    graph.add_edge("finish", END)
    return graph


def recursion_limit(program: Program) -> int:
    """Return how many supersteps the program's declared bounds allow, questions included."""
    return 50 + _steps(program.steps)


def _steps(steps: tuple[Step, ...]) -> int:
    total = 0
    for step in steps:
        total += 6
        if isinstance(step, EachStep):
            total += step.args.limit * (1 + _steps(step.args.steps))
        elif isinstance(step, WhenStep):
            total += _steps(step.args.steps)
    return total


def node_names(program: Program) -> frozenset[str]:
    """Return the names of all nodes of the program's graph: a pinned run may resume only in one of them."""
    names = set(RESERVED_IDS)
    for step in walk(program.steps):
        names.add(step.id)
        if _may_ask(step):
            names.add(f"ask_{step.id}")
    return frozenset(names)


class _Wiring:
    """Adds nodes and edges for chains of steps."""

    def __init__(self, graph: AgentBuilder, program: Program, services: AgentServices) -> None:
        self._graph = graph
        self._program = program
        self._services = services

    def chain(self, steps: tuple[Step, ...], *, after: str, loop: EachStep | None) -> str:
        """Add the steps one after the other, the last leading to `after`; return the first's name."""
        for step in reversed(steps):
            self._add(step, after=after, loop=loop)
            after = step.id
        return after

    def _add(self, step: Step, *, after: str, loop: EachStep | None) -> None:
        match step:
            case EachStep():
                inner = self.chain(step.args.steps, after=step.id, loop=step)
                self._container(partial(nodes.do_loop, step=step), step)
                self._route(
                    step.id,
                    partial(_more_rows, step=step, inner=inner, after=after),
                    {inner, after},
                )
            case WhenStep():
                inner = self.chain(step.args.steps, after=after, loop=loop)
                self._container(partial(nodes.do_when, step=step), step)
                self._route(
                    step.id,
                    partial(_enough_rows, step=step, inner=inner, after=after),
                    {inner, after},
                )
            case _:
                self._plain(step, loop=loop)
                self._step_routes(step, after=after, loop=loop)

    def _container(self, node: partial[Coroutine[object, object, AgentUpdate]], step: Step) -> None:
        bound = partial(node, program=self._program, runner=self._services.runner)
        self._graph.add_node(step.id, bound, metadata=_card(step))

    def _plain(self, step: Step, *, loop: EachStep | None) -> None:
        node = partial(
            nodes.do_step,
            step=step,
            loop=loop,
            top=loop is None,
            program=self._program,
            runner=self._services.runner,
        )
        self._graph.add_node(step.id, node, metadata=_card(step))

    def _step_routes(self, step: Step, *, after: str, loop: EachStep | None) -> None:
        give_up = loop.id if loop else "finish"
        asks = f"ask_{step.id}"
        may_ask = _may_ask(step)

        def route(state: AgentState) -> str:
            if state.get("error"):
                return "finish"
            if may_ask and state.get("question"):
                return asks
            return give_up if state.get("skipped") else after

        self._route(step.id, route, {after, give_up, "finish"} | ({asks} if may_ask else set()))
        if may_ask:
            self._graph.add_node(asks, nodes.ask)
            self._route(asks, partial(_asked, asks=asks, step=step.id), {asks, step.id})

    def _route(self, source: str, route: Callable[[AgentState], str], targets: set[str]) -> None:
        self._graph.add_conditional_edges(source, route, sorted(targets))


def _more_rows(state: AgentState, *, step: EachStep, inner: str, after: str) -> str:
    return inner if nodes.cursor(state, step.id) < nodes.rows_counted(state, step.id) else after


def _enough_rows(state: AgentState, *, step: WhenStep, inner: str, after: str) -> str:
    return inner if nodes.rows_counted(state, step.id) >= step.args.at_least else after


def _asked(state: AgentState, *, asks: str, step: str) -> str:
    return asks if state.get("question") else step


def _may_ask(step: Step) -> bool:
    return step.op not in _ROWS_ONLY and not isinstance(step, EachStep | WhenStep)


def _card(step: Step) -> dict[str, str]:
    return {"title": step.title, "op": step.op, "effect": step.effect}
