"""Answers as small models give them: loosely spelt, wrapped, with other names for the same thing."""

from __future__ import annotations

import json

import pytest
from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import ModelMistake
from podium.tools.chooser import Candidate
from podium.tools.models.chooser import ModelChooser
from podium.tools.models.leniency import documents_in
from podium.tools.models.planner import ModelPlanner
from podium.tools.offline import OfflineChooser
from podium.tools.planner import WorkspaceView
from podium.tools.scripted_server import ScriptedServer, says
from tests.unit.models.kit import ToldRules, a_model

GOAL = "whatnow collect the fnords of https://shop.test/list with price over 5, every weekday at 8"
REQUEST: JsonObject = {
    "verb": "create",
    "site": "https://shop.test/list",
    "schedule": {"cron": "0 8 * * 1-5", "words": "every weekday at 8"},
    "steps": [
        {"op": "open", "title": "Open it", "url": "https://shop.test/list"},
        {"op": "extract", "title": "Read", "thing": "fnords", "fields": ["price"]},
        {
            "op": "filter",
            "title": "Keep",
            "rules": [{"phrase": "price over 5", "column": "price", "cmp": ">", "value": 5}],
        },
        {"op": "store", "title": "Store", "store_as": "table", "dataset": "fnords"},
    ],
}
PLAIN: JsonObject = {"requests": [REQUEST], "confidence": 0.8}
OTHER_NAMES: JsonObject = {
    "Requests": {
        "intent": "build",
        "url": "https://shop.test/list",
        "schedule": "every weekday at 8",
        "actions": [
            {"action": "navigate", "description": "Open it", "link": "https://shop.test/list"},
            {"type": "scrape", "target": "fnords", "columns": "price", "limit": "all"},
            {
                "operation": "where",
                "conditions": {
                    "condition": "price over 5",
                    "field": "price",
                    "operator": "gt",
                    "value": 5,
                },
            },
            {"op": "Save Data", "storeAs": "database", "table": "fnords", "perRow": "no"},
        ],
    },
    "confidence": "80%",
    "notes": "I hope this helps",
}
LOOSE = """Sure! Here is the plan:
```json
{
  // the reading
  requests: [{
    'verb': 'create', "site": "https://shop.test/list",
    schedule: {cron: '0 8 * * 1-5', words: 'every weekday at 8',},
    steps: [
      {op: 'open', title: 'Open it', url: 'https://shop.test/list'},
      {op: 'extract', title: "Read", thing: 'fnords', fields: ['price'], limit: None},
      {op: 'filter', title: 'Keep', rules: [{phrase: 'price over 5', column: 'price', cmp: '>', value: 5}]},
      {op: 'store', title: 'Store', store_as: 'table', dataset: 'fnords', per_row: False},
    ],
  }],
  confidence: .8,
}
```
Let me know if you need anything else."""
ANSWERS = {
    "plain": json.dumps(PLAIN),
    "fence": f"```json\n{json.dumps(PLAIN, indent=2)}\n```",
    "thoughts": f'<think>an example is {{"verb": "x"}}</think>\n{json.dumps(PLAIN)}',
    "example first": f'The form is {{"requests": []}}. So: {json.dumps(PLAIN)}',
    "wrapped": json.dumps({"answer": PLAIN}),
    "one request": json.dumps({**REQUEST, "confidence": 0.8}),
    "bare list": json.dumps([REQUEST]),
    "other names": json.dumps(OTHER_NAMES),
    "loose": LOOSE,
    "newline in a string": json.dumps(PLAIN).replace("Open it", "Open\nit"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_an_answer_of_a_small_model_is_read_without_a_repair(answer: str) -> None:
    with ScriptedServer(says(answer)) as server:
        planner = ModelPlanner(ToldRules(), a_model(server))
        found = await planner.understand(GOAL, workspace=WorkspaceView())
        assert len(server.requests) == 1

    (request,) = found.requests
    assert (request.verb, request.site) == ("create", "https://shop.test/list")
    assert [step.op for step in request.steps] == ["open", "extract", "filter", "store"]
    assert request.steps[1].fields == ("price",)
    assert [(rule.cmp, rule.value) for rule in request.steps[2].rules] == [(">", 5)]
    assert request.steps[3].dataset == "fnords"
    assert request.schedule is not None
    assert request.schedule.cron == "0 8 * * 1-5"


async def test_forgiving_the_spelling_widens_nothing() -> None:
    evil = LOOSE.replace("https://shop.test/list", "https://evil.test/")
    with ScriptedServer(rule=lambda _: says(evil)) as server:
        with pytest.raises(ModelMistake, match=r"evil\.test"):
            await ModelPlanner(ToldRules(), a_model(server)).understand(
                GOAL, workspace=WorkspaceView()
            )
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("answer", "ref"),
    [
        ('{"index": 2}', "b"),
        ('{"choice": "#2", "why": "fits"}', "b"),
        ('{"Candidate": "candidate 1"}', "a"),
        ("{index: None, reason: 'neither'}", None),
        ('```\n{"answer": "none"}\n```', None),
    ],
)
async def test_a_choice_is_read_as_meant(answer: str, ref: str | None) -> None:
    shown = [
        Candidate(ref="a", summary="button Save", score=0.5),
        Candidate(ref="b", summary="button Save order", score=0.5),
    ]
    with ScriptedServer(says(answer)) as server:
        chooser = ModelChooser(OfflineChooser(), a_model(server))
        choice = await chooser.choose("save", shown, page="Orders")

    assert (choice.ref, choice.model_calls) == (ref, 1)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("{a: 1, b: [x, 'y',], c: True,}", {"a": 1, "b": ["x", "y"], "c": True}),
        ('{"a": "don\'t", "b": \u201cx\u201d}', {"a": "don't", "b": "x"}),
        ('{"a": 1 /* one */, # two\n "b": -2.5e1}', {"a": 1, "b": -25.0}),
        ('{"a": "\\u00e4\\n"}', {"a": "\u00e4\n"}),
        ("no document", None),
        ("{" * 200, None),
    ],
)
def test_loose_json_is_read_for_what_it_says(text: str, document: JsonValue) -> None:
    assert next(documents_in(text), None) == document
