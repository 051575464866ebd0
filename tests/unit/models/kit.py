"""What the tests of the model adapters share: a client of a scripted server, rules that are told what to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.plan import Plan, PlannedAgent, PlannedStep, Request, Understanding
from podium.tools.chooser import Candidate, Choice
from podium.tools.models.meter import Meter
from podium.tools.models.structured import Patience, StructuredModel
from podium.tools.models.text import Redactor
from podium.tools.models.wire import open_chat
from podium.tools.planner import WorkspaceView
from podium.tools.scripted_server import ScriptedServer
from tests.fakes import FakeClock

QUICK = Patience(
    attempts=3, wait_initial_s=0.01, wait_max_s=0.02, jitter_s=0, timeout_s=5, total_s=20
)
KEY = "sk-test-0123456789"


def unmasked(text: str) -> str:
    return text


def a_meter(*, budget_tokens: int | None = None) -> Meter:
    return Meter(clock=FakeClock(), budget_tokens=budget_tokens)


def a_model(
    server: ScriptedServer,
    *,
    meter: Meter | None = None,
    patience: Patience = QUICK,
    redact: Redactor = unmasked,
    name: str = "gpt-4o-mini",
) -> StructuredModel:
    return StructuredModel(
        name=name,
        open_chat=lambda: open_chat(
            name,
            base_url=server.base_url,
            api_key=KEY,
            timeout_s=patience.timeout_s,
            max_output_tokens=500,
        ),
        meter=meter or a_meter(),
        redact=redact,
        patience=patience,
        max_output_tokens=500,
    )


class ToldRules:
    """A planner and chooser that read what they are told, and understand no change."""

    def __init__(self, read: Understanding | None = None, *, ref: str | None = None) -> None:
        self.read = read or Understanding(requests=(), confidence=0.2, unexplained=("gribbly",))
        self.ref = ref
        self.answers: Mapping[str, JsonValue] = {}

    async def understand(self, goal: str, *, workspace: WorkspaceView) -> Understanding:
        return self.read

    async def plan(
        self,
        request: Request,
        *,
        goal: str,
        answers: Mapping[str, JsonValue],
        workspace: WorkspaceView,
    ) -> Plan:
        self.answers = answers
        agent = PlannedAgent(name=request.agents[0], goal=goal, origins=(), steps=request.steps)
        return Plan(plan_id="plan_1", goal=goal, agents=(agent,))

    async def revise(
        self, plan: Plan, change: JsonObject | str, *, workspace: WorkspaceView
    ) -> Plan:
        raise InvalidAnswer("The rules do not understand the change", field="change")

    async def choose(self, phrase: str, candidates: Sequence[Candidate], *, page: str) -> Choice:
        return Choice(ref=self.ref, reason="as told")


def a_step(op: str = "open", **fields: JsonValue) -> JsonObject:
    return {"op": op, "title": f"{op} it", **fields}


def a_reading(*steps: JsonObject, verb: str = "create", **fields: JsonValue) -> JsonObject:
    """Return what a model may answer to `understand`."""
    request: JsonObject = {"verb": verb, "agents": ["new-one"], "steps": [*steps], **fields}
    return {"requests": [request], "confidence": 0.8}


def a_plan(*steps: PlannedStep) -> Plan:
    agent = PlannedAgent(
        name="prices",
        goal="collect the prices at http://shop.test/list",
        origins=("http://shop.test",),
        steps=steps
        or (
            PlannedStep(id="open", op="open", title="Open it", url="http://shop.test/list"),
            PlannedStep(id="read", op="extract", title="Read the prices", thing="prices"),
            PlannedStep(id="store", op="store", title="Store them", store_as="table"),
        ),
    )
    return Plan(plan_id="plan_1", goal=agent.goal, agents=(agent,))
