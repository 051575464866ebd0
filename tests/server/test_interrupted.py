"""A conversation whose process was killed: it is listed, every door says how to go on, and it goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podium.server.cli import waiting
from podium.server.replies import only_goes_on
from podium.state.errors import Conflict
from tests.server.harness import opened
from tests.server.processes import other_process, said


async def killed_while_building(home: Path) -> str:
    """Return the thread of a conversation whose process died while it built."""
    with other_process(home, "chat") as process:
        told = await said(process)
        process.kill()
        process.wait()
    return told.removeprefix("building ")


async def test_a_killed_conversation_is_listed_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODIUM_HOME", str(tmp_path))
    thread = await killed_while_building(tmp_path)

    waiting.inbox(as_json=False)
    waits = capsys.readouterr().out
    waiting.threads(20, as_json=True)
    (listed,) = json.loads(capsys.readouterr().out)
    async with opened(tmp_path, serve=False) as podium:
        lost = await podium.interrupted(thread)
        with pytest.raises(Conflict) as refused:
            podium.waiting_question(thread)
        await podium.settle(thread)
        again = await podium.interrupted(thread)

        assert f"podium resume {thread}" in waits
        assert (listed["thread_id"], listed["status"]) == (thread, "interrupted")
        assert f"podium resume {thread}" in refused.value.hint
        assert (lost, again) == (True, False)
        assert podium.chat_view(thread)["status"] == "done"
        assert podium.stores.agents.get("prices").state == "deployed"


async def test_words_that_only_go_on_are_no_answer_to_what_is_asked_later(tmp_path: Path) -> None:
    thread = await killed_while_building(tmp_path)

    async with opened(tmp_path, serve=False) as podium:
        segment = await podium.chat("please go on", thread_id=thread)
        shown = str(podium.queued_view(segment)["reply"])

        assert podium.stores.conversation.waiting(thread) is None
        assert f"podium resume {thread}" in shown


@pytest.mark.parametrize("text", ["continue", "Go on!", "ok, carry on with it", "resume please"])
def test_to_go_on_is_heard(text: str) -> None:
    assert only_goes_on(text)


@pytest.mark.parametrize("text", ["resume prices", "go on holiday", "yes", "continue with Open"])
def test_more_than_to_go_on_is_more(text: str) -> None:
    assert not only_goes_on(text)
