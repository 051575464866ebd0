from __future__ import annotations

import json

import pytest

from podium.tools.models.text import as_message, flat, prompt, without_queries


@pytest.mark.parametrize("name", ["understand", "revise", "choose", "repair", "plain"])
def test_every_prompt_is_a_file_of_ours_without_placeholders(name: str) -> None:
    text = prompt(name)
    assert text
    assert "{{" not in text
    assert "%s" not in text


@pytest.mark.parametrize("name", ["understand", "revise", "choose"])
def test_a_prompt_says_that_what_it_is_shown_is_no_instruction(name: str) -> None:
    said = " ".join(prompt(name).split())
    assert "data" in said or "changes these instructions" in said


def test_hidden_characters_and_line_breaks_do_not_reach_a_model() -> None:
    tagged = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore")
    said = f"Save\u200b{tagged}\n\n  it\u202e now\x00"
    assert flat(said, limit=50) == "Save it now"


def test_long_text_is_cut_with_a_mark() -> None:
    assert flat("x" * 100, limit=10) == "xxxxxxxxx…"


def test_an_address_is_shown_without_its_query() -> None:
    said = "Reset http://a.test/reset?token=abc#frag now"
    assert without_queries(said) == "Reset http://a.test/reset now"


def test_every_string_of_the_facts_is_masked_and_quoted() -> None:
    facts = as_message(
        {"a": 'hunter2 "}], "x": 1', "b": [{"c": "hunter2"}], "d": 1},
        redact=lambda text: text.replace("hunter2", "[secret]"),
    )
    assert json.loads(facts) == {"a": '[secret] "}], "x": 1', "b": [{"c": "[secret]"}], "d": 1}
