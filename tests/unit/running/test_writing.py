from __future__ import annotations

from dataclasses import replace

import pytest

from podium.graphs.questions import read_answer
from podium.state.document import JsonObject
from podium.state.effects import EffectRecord
from podium.state.errors import InvalidAnswer, Unavailable
from podium.state.failures import class_of
from podium.state.program import (
    ClickStep,
    EachArgs,
    EachStep,
    Effect,
    ExtractArgs,
    ExtractStep,
    FillArgs,
    FillStep,
    OpenArgs,
    OpenStep,
    TargetArgs,
    TextShown,
    WaitArgs,
    WaitStep,
)
from podium.state.runs import judge
from podium.state.stores import EffectStore
from podium.tools.grounding.lists import describe_list
from podium.tools.page import Node, Snapshot
from podium.tools.running.outcomes import proofs_of, says_arrived, says_refused
from podium.tools.scripted import Cell, Screen, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, QUICK, Bench, target

OPEN = OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/"))


def form() -> Screen:
    return Screen("New ticket").form("/tickets", (("Subject", "text"),), submit="Submit")


def submit(
    effect: Effect = "write",
    *,
    proof: bool = True,
    probe: JsonObject | None = None,
    proven: bool = True,
) -> ClickStep:
    return ClickStep(
        id="submit",
        title="Submit the ticket",
        effect=effect,
        args=TargetArgs(target=target(form(), "Submit")),
        expect=(TextShown(text="Ticket # created"),) if proof else (),
        probe=probe,
        probe_proven=proven,
    )


def serve(site: ScriptedSite, answer: str = "Ticket 17 created") -> None:
    site.pages = {
        "/": lambda _: form(),
        "/search": lambda _: Screen("Search").text("Ticket 17 Pump"),
    }
    site.posts = {"/tickets": lambda _: Screen("Done").text(answer)}


def journal(bench: Bench) -> EffectRecord:
    record = bench.stores.effects.get(f"tester:submit:{bench.run_id}")
    assert record is not None
    return record


async def test_a_write_is_sent_once_and_proven(bench: Bench, site: ScriptedSite) -> None:
    serve(site)

    result = (await bench.run(OPEN, submit()))[-1]

    assert result.record.status == "done"
    assert result.record.evidence["proof"] is True
    assert "screenshot" in result.record.evidence
    assert journal(bench).status == "done"
    assert judge((result.record,)) == "success"


async def test_a_done_write_is_not_repeated_after_a_restart(
    bench: Bench, site: ScriptedSite
) -> None:
    serve(site)
    await bench.run(OPEN, submit())
    bench.restart()
    bench.progress = type(bench.progress)(done=("open",), safe_url=f"{ORIGIN}/")

    again = await bench.do(submit())

    assert again.record.status == "skipped"
    assert len(site.received) == 1


def notice(do: str) -> Screen:
    return (
        Screen("Tickets")
        .text("This ticket exists already.")
        .button("Confirm", post=do, region="dialog")
    )


async def test_a_notice_after_the_write_is_not_answered_by_sending_it_again(
    bench: Bench, site: ScriptedSite
) -> None:
    serve(site)
    site.posts = {"/tickets": lambda _: notice("/tickets")}

    result = (await bench.run(OPEN, submit()))[-1]

    assert result.record.status == "failed"
    assert [path for path, _ in site.received] == ["/tickets"]


@pytest.mark.parametrize("path", ["/tickets", "/orders/delete"])
async def test_a_notice_before_the_write_is_not_closed_by_sending_anything(
    bench: Bench, site: ScriptedSite, path: str
) -> None:
    serve(site)
    site.pages["/"] = lambda _: notice(path)

    result = (await bench.run(OPEN, submit()))[-1]

    assert (result.record.status, result.error_code) == ("failed", "would_write")
    assert site.received == []


async def test_a_write_without_expectations_is_done_but_unverified(
    bench: Bench, site: ScriptedSite
) -> None:
    serve(site)

    result = (await bench.run(OPEN, submit(proof=False)))[-1]

    assert result.record.status == "done"
    assert "proof" not in result.record.evidence
    assert judge((result.record,)) == "unverified"


async def test_a_build_holds_the_write_and_says_so(bench: Bench, site: ScriptedSite) -> None:
    serve(site)
    bench.mode = "build"

    result = (await bench.run(OPEN, submit()))[-1]

    assert result.record.status == "held"
    assert result.record.evidence["request"] == {
        "method": "POST",
        "path": f"{ORIGIN}/tickets",
        "fields": ["subject"],
    }
    assert site.received == []
    assert journal(bench).status == "held"


async def test_a_release_covers_reversible_writes_only(bench: Bench, site: ScriptedSite) -> None:
    serve(site)
    bench.mode, bench.release_writes = "test", True

    irreversible = (await bench.run(OPEN, submit("irreversible")))[-1]
    reversible = (await bench.run(OPEN, submit("write")))[-1]

    assert (irreversible.record.status, reversible.record.status) == ("held", "done")


async def test_a_held_write_is_sent_by_the_live_run(bench: Bench, site: ScriptedSite) -> None:
    serve(site)
    bench.mode = "test"
    await bench.run(OPEN, submit())
    bench.mode = "live"

    assert (await bench.run(OPEN, submit()))[-1].record.status == "done"


async def in_doubt(bench: Bench, site: ScriptedSite, step: ClickStep) -> None:
    """Leave a write that was sent and never answered, as a process that died then."""
    serve(site)
    await bench.run(OPEN)
    bench.stores.effects.put(
        EffectRecord(
            effect_key=f"tester:{step.id}:{bench.run_id}",
            run_id=bench.run_id,
            step_id=step.id,
            status="sent",
            request={},
            at=bench.clock.now(),
            attempt="the one that died",
        )
    )
    bench.restart()


async def test_a_write_in_doubt_is_never_repeated_blindly(bench: Bench, site: ScriptedSite) -> None:
    await in_doubt(bench, site, submit())

    asked = await bench.do(submit())
    arrived = await bench.do(submit(), answer={"arrived": "it arrived"})
    later = await bench.do(submit())

    assert asked.question is not None
    assert arrived.record.status == "skipped"
    assert later.question is None
    assert site.received == []


async def test_no_approval_sends_a_write_in_doubt_again_and_its_default_is_to_stop(
    bench: Bench, site: ScriptedSite
) -> None:
    await in_doubt(bench, site, submit())
    question = (await bench.do(submit())).question
    assert question is not None

    with pytest.raises(InvalidAnswer, match="has no field"):
        read_answer(question, {"decisions": [{"type": "approve"}]})
    stopped = await bench.do(submit(), answer=question.check({}))

    assert stopped.error_code == "cancelled"
    assert (await bench.do(submit())).question is not None
    assert site.received == []


async def test_a_write_in_doubt_is_sent_again_when_a_person_says_so(
    bench: Bench, site: ScriptedSite
) -> None:
    await in_doubt(bench, site, submit())

    result = await bench.do(submit(), answer={"arrived": "send it again"})

    assert result.record.status == "done"
    assert len(site.received) == 1


async def test_what_was_said_of_one_sending_sends_no_further_one(
    bench: Bench, site: ScriptedSite
) -> None:
    await in_doubt(bench, site, submit())
    said: JsonObject = {"arrived": "send it again"}
    first = journal(bench)
    # A process that was told so died right after its sending: the answer is in the checkpoint, the outcome is not known.
    second = first.model_copy(update={"attempt": "second", "over": first.attempt})
    for status in ("intended", "sent"):
        bench.stores.effects.put(second.model_copy(update={"status": status}))
    bench.restart()

    asked = await bench.do(submit(), answer=said)

    assert asked.question is not None
    assert site.received == []
    (field,) = asked.question.fields
    again = await bench.do(submit(), answer={**said, field.name: "send it again"})
    assert again.record.status == "done"
    assert len(site.received) == 1
    assert journal(bench).over == "second"


def probe(text: str) -> JsonObject:
    step = OpenStep(
        id="probe",
        title="Look for it",
        args=OpenArgs(url=f"{ORIGIN}/search"),
        expect=(TextShown(text=text),),
    )
    return step.to_json()


async def test_a_probe_that_finds_the_trace_settles_the_doubt(
    bench: Bench, site: ScriptedSite
) -> None:
    step = submit(probe=probe("Ticket 17"))
    await in_doubt(bench, site, step)

    result = await bench.do(step)

    assert (result.record.status, result.record.evidence["proof"]) == ("skipped", "probe")
    assert site.received == []


async def test_a_request_that_left_no_trace_in_time_is_sent(
    bench: Bench, site: ScriptedSite
) -> None:
    step = submit(probe=probe("Ticket 99"))
    await in_doubt(bench, site, step)
    began = bench.clock.ticks

    late = await bench.do(step)

    assert late.record.status == "done"
    assert bench.clock.ticks - began > QUICK.in_flight_s, "it was looked for first"


async def test_a_request_on_its_way_is_waited_for_and_not_sent_again(
    bench: Bench, site: ScriptedSite
) -> None:
    step = submit(probe=probe("Ticket 17"))
    await in_doubt(bench, site, step)
    arrives_at = bench.clock.ticks + QUICK.in_flight_s / 2

    def pages(_: object) -> Screen:
        there = bench.clock.ticks > arrives_at
        return Screen("Search").text("Ticket 17 Pump" if there else "Nothing found")

    site.pages["/search"] = pages

    result = await bench.do(step)

    assert (result.record.status, result.record.evidence["proof"]) == ("skipped", "probe")
    assert site.received == []


async def test_what_the_site_said_it_took_is_asked_about_when_it_shows_no_trace(
    bench: Bench, site: ScriptedSite
) -> None:
    step = submit(probe=probe("Ticket 99"))
    await in_doubt(bench, site, step)
    sent = journal(bench)
    bench.stores.effects.put(sent.model_copy(update={"status": "answered"}))

    result = await bench.do(step)

    assert result.question is not None
    assert site.received == []


async def test_sent_is_on_record_before_the_request_leaves(
    bench: Bench, site: ScriptedSite
) -> None:
    serve(site)
    seen: list[str] = []

    def receive(_: object) -> Screen:
        seen.append(journal(bench).status)
        return Screen("Done").text("Ticket 17 created")

    site.posts = {"/tickets": receive}

    await bench.run(OPEN, submit())

    assert seen == ["sent"]


class FullDisk:
    """A journal that has no room left for that a request was sent."""

    def __init__(self, journal: EffectStore) -> None:
        self._journal = journal

    def get(self, effect_key: str) -> EffectRecord | None:
        return self._journal.get(effect_key)

    def put(self, record: EffectRecord) -> None:
        if record.status == "sent":
            raise Unavailable("The database cannot be used: disk is full")
        self._journal.put(record)


async def test_a_request_that_the_journal_has_no_room_for_does_not_leave(
    bench: Bench, site: ScriptedSite
) -> None:
    serve(site)
    roomy = bench.stores
    bench.stores = replace(roomy, effects=FullDisk(roomy.effects))
    bench.restart()
    with pytest.raises(Unavailable, match="full"):
        await bench.run(OPEN, submit())
    unsent = list(site.received)

    bench.stores = roomy
    bench.restart()
    result = (await bench.run(OPEN, submit()))[-1]

    assert unsent == []
    assert result.record.status == "done"
    assert len(site.received) == 1


async def test_a_write_whose_proof_fails_stays_in_doubt(bench: Bench, site: ScriptedSite) -> None:
    serve(site, answer="Please wait")

    first = (await bench.run(OPEN, submit()))[-1]
    second = await bench.do(submit())

    assert first.error_code == "expectation"
    assert second.question is not None
    assert len(site.received) == 1


@pytest.mark.parametrize(("status", "kept"), [(422, "intended"), (500, "sent"), (502, "sent")])
async def test_a_refused_write_may_be_tried_again_and_a_broken_answer_leaves_a_doubt(
    bench: Bench, site: ScriptedSite, status: int, kept: str
) -> None:
    serve(site)
    site.posts = {"/tickets": lambda _: Screen("Sorry", status=status)}

    result = (await bench.run(OPEN, submit()))[-1]

    assert result.error_code == ("input_refused" if status == 422 else "http_status")
    assert journal(bench).status == kept


async def test_a_page_that_claims_success_without_sending_proves_nothing(
    bench: Bench, site: ScriptedSite
) -> None:
    serve(site)
    claim = Screen("New ticket").button("Submit", do=lambda: None).text("Ticket 17 created")
    site.pages["/"] = lambda _: claim
    step = ClickStep(
        id="submit",
        title="Submit the ticket",
        effect="write",
        args=TargetArgs(target=target(claim, "Submit")),
        expect=(TextShown(text="Ticket # created"),),
        signatures=(f"POST {ORIGIN}/tickets",),
    )

    result = (await bench.run(OPEN, step))[-1]

    assert result.error_code == "not_sent"
    assert journal(bench).status == "intended"


async def test_an_opposite_button_is_not_pressed_by_a_write(
    bench: Bench, site: ScriptedSite
) -> None:
    serve(site)
    site.pages["/"] = lambda _: Screen("New ticket").form(
        "/tickets", (("Subject", "text"),), submit="Discard"
    )

    result = (await bench.run(OPEN, submit()))[-1]

    assert (result.error_code, site.received) == ("meaning_changed", [])


async def test_a_retriggered_loop_writes_only_what_is_left(
    bench: Bench, site: ScriptedSite
) -> None:
    def orders(*names: str) -> Screen:
        return Screen("Orders").table(
            ("Number", "Act"),
            [(name, Cell("Approve", button=f"/approve/{name}")) for name in names],
        )

    site.pages = {"/": lambda _: orders("A-1", "A-2", "A-3")}
    site.posts = {
        f"/approve/A-{n}": lambda _: orders("A-1", "A-2", "A-3").message("Approved") for n in (1, 3)
    }
    snapshot = orders("A-1", "A-2").snapshot(f"{ORIGIN}/", {})
    read = ExtractStep(
        id="rows",
        title="Read",
        args=ExtractArgs(list=describe_list(snapshot.collections[0], snapshot)),
    )
    approve = ClickStep(
        id="approve",
        title="Approve",
        effect="write",
        args=TargetArgs(target=target(orders("A-1", "A-2"), "Approve", row_key="{item.number}")),
        expect=(TextShown(text="Approved"),),
    )
    loop = EachStep(id="each", title="Each", args=EachArgs(rows="rows", steps=(approve,)))

    first = await bench.run(OPEN, read, loop)
    await bench.next_run()
    site.posts["/approve/A-2"] = site.posts["/approve/A-1"]
    second = await bench.run(OPEN, read, loop)

    assert [result.record.status for result in first[2:]] == ["done", "failed", "done"]
    assert [result.record.status for result in second[2:]][0::2] == ["skipped", "skipped"]
    assert [path for path, _ in site.received] == [
        "/approve/A-1",
        "/approve/A-2",
        "/approve/A-3",
        "/approve/A-2",
    ][: len(site.received)]


async def test_a_wait_is_no_write(bench: Bench, site: ScriptedSite) -> None:
    serve(site)
    wait = WaitStep(id="wait", title="Wait", args=WaitArgs(target=target(form(), "Submit")))

    assert (await bench.run(OPEN, wait))[-1].record.status == "done"
    assert bench.stores.effects.get(f"tester:wait:{bench.run_id}") is None


SUBJECT = "The lift on floor 3 hums"


def fill_subject() -> FillStep:
    return FillStep(
        id="fill_subject",
        title="Fill Subject",
        args=FillArgs(target=target(form(), "Subject"), value=SUBJECT),
    )


@pytest.mark.parametrize(
    "answer",
    [
        Screen("Contact").message("Ihre Nachricht ist angekommen."),
        Screen("Thank you").text("We will be in touch."),
        Screen("Your tickets").text(f"New: {SUBJECT}"),
        Screen("Messages").message("Votre demande a bien ete envoyee."),
    ],
    ids=["a message", "thanks", "the value in a list", "another language"],
)
async def test_a_write_that_nothing_was_learnt_of_is_proven_by_what_the_page_shows_then(
    bench: Bench, site: ScriptedSite, answer: Screen
) -> None:
    serve(site)
    site.posts = {"/tickets": lambda _: answer}

    results = await bench.run(OPEN, fill_subject(), submit(proof=False))

    assert judge(tuple(result.record for result in results)) == "success"


@pytest.mark.parametrize(
    "answer",
    [
        Screen("Sent messages").text("Nothing to see here"),
        Screen("Check").text(SUBJECT).form("/final", (("Note", "text"),), submit="Confirm ticket"),
        Screen("Check", heading="Check your ticket")
        .text(SUBJECT)
        .form("/final", (), submit="Go on"),
        Screen("Working").text("One moment"),
    ],
    ids=["a list called sent", "a page to check", "another page to check", "nothing"],
)
async def test_a_write_that_the_page_does_not_show_stays_unverified_and_says_what_to_do(
    bench: Bench, site: ScriptedSite, answer: Screen
) -> None:
    serve(site)
    site.posts = {"/tickets": lambda _: answer}

    results = await bench.run(OPEN, fill_subject(), submit(proof=False))

    assert judge(tuple(result.record for result in results)) == "unverified"
    assert results[-1].record.message


FAILURES = [
    Screen("Result", heading="Payment failed").text(
        f"The transfer to {SUBJECT} did not go through"
    ),
    Screen("Result").text(SUBJECT).text("It was declined by your bank."),
    Screen("Result", heading="Thank you").text(SUBJECT).text("Your card could not be charged."),
    Screen("Ergebnis").text(SUBJECT).text("Der Auftrag konnte leider nicht angenommen werden."),
    Screen("Ergebnis", heading="Zahlung fehlgeschlagen").text(SUBJECT),
    Screen("Resultat").text(f"Le paiement de {SUBJECT} a été refusé"),
    Screen("Resultado").text(SUBJECT).text("La operación no se ha completado"),
    Screen("Tickets").table(("Subject", "State"), [[SUBJECT, "Rejected"], ["Door", "Open"]]),
]


@pytest.mark.parametrize("answer", FAILURES, ids=lambda screen: screen.title)
async def test_a_page_that_says_that_it_failed_proves_nothing_by_repeating_what_was_sent(
    bench: Bench, site: ScriptedSite, answer: Screen
) -> None:
    serve(site)
    site.posts = {"/tickets": lambda _: answer}

    results = await bench.run(OPEN, fill_subject(), submit(proof=False))

    assert judge(tuple(result.record for result in results)) == "unverified"
    assert "says: " in results[-1].record.message


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        (
            SUBJECT,
            Screen("Rows").table(("Subject", "State"), [[SUBJECT, "Open"], ["Door", "Rejected"]]),
        ),
        (SUBJECT, Screen("Tickets").text(SUBJECT).link("Failed tickets", "/failed")),
        (SUBJECT, Screen("Tickets").text(SUBJECT).text("We will not share your data.")),
        ("The printer failed", Screen("Tickets").text("New: The printer failed")),
    ],
    ids=["another row", "a link", "a promise", "its own words"],
)
async def test_what_failed_of_other_things_does_not_speak_against_this_write(
    bench: Bench, site: ScriptedSite, subject: str, answer: Screen
) -> None:
    serve(site)
    site.posts = {"/tickets": lambda _: answer}
    given = FillArgs(target=target(form(), "Subject"), value=subject)
    fill = fill_subject().model_copy(update={"args": given})

    results = await bench.run(OPEN, fill, submit(proof=False))

    assert judge(tuple(result.record for result in results)) == "success"


@pytest.mark.parametrize("status", [400, 422, 200])
async def test_a_form_that_the_site_refuses_is_no_broken_site_and_names_the_field(
    bench: Bench, site: ScriptedSite, status: int
) -> None:
    serve(site)

    def refuse(_: Visit) -> Screen:
        screen = Screen("New ticket", status=status).message("Please fill in: subject")
        return screen.form("/tickets", (("Subject", "text"),), submit="Submit")

    site.posts = {"/tickets": refuse}

    result = (await bench.run(OPEN, submit(proof=False)))[-1]

    assert class_of(result.error_code) == "input"
    assert "Please fill in: subject" in result.record.message
    assert "'Subject'" in str(result.record.evidence["hint"])


TAKEN = [
    "Your request was saved. You will hear from us if anything is missing.",
    "Refuse collection booked",
    "Ihre Anfrage wurde gespeichert. Bitte antworten Sie nicht auf diese Nachricht.",
    "Votre demande a été enregistrée. S'il y a une erreur, nous vous écrirons.",
]
NOT_TAKEN = [
    "Your draft was saved. Payment failed, try again if you like.",
    "Saved, but some fields are invalid.",
    "Thank you for waiting. Your card could not be charged.",
    "Subject is missing",
    "Missing: subject",
    "Unknown user or password",
    "Der Auftrag wurde leider nicht gespeichert.",
    "Das Passwort ist nicht korrekt.",
    "Le paiement a été refusé.",
    "No se pudo guardar la solicitud.",
]


@pytest.mark.parametrize("message", TAKEN)
async def test_a_message_that_first_says_it_arrived_is_no_refusal_though_the_form_is_there_again(
    bench: Bench, site: ScriptedSite, message: str
) -> None:
    serve(site)
    site.posts = {"/tickets": lambda _: form().message(message)}

    results = await bench.run(OPEN, fill_subject(), submit(proof=False))

    assert judge(tuple(result.record for result in results)) == "success"


@pytest.mark.parametrize("message", NOT_TAKEN)
async def test_a_message_that_objects_is_a_refusal_whatever_it_says_first(
    bench: Bench, site: ScriptedSite, message: str
) -> None:
    serve(site)
    site.posts = {"/tickets": lambda _: form().message(message)}

    result = (await bench.run(OPEN, fill_subject(), submit(proof=False)))[-1]

    assert result.error_code == "input_refused"
    assert message in result.record.message


def test_a_draft_that_was_saved_and_still_lacks_a_field_is_neither_refused_nor_taken() -> None:
    said = "Your draft was saved. The field Amount is required."

    assert not says_refused(said)
    assert not says_arrived(said)


def test_a_text_that_left_its_editor_for_the_list_beside_it_is_shown_anew() -> None:
    def notes(*, edited: str, listed: int) -> Snapshot:
        editor = Node(ref="e", tag="div", role="textbox", name="Your note", value=edited)
        screen = Screen("Notes").text(edited)
        for _ in range(listed):
            screen.text(SUBJECT)
        screen.node(editor)
        return screen.snapshot(f"{ORIGIN}/", {})

    written, sent = notes(edited=SUBJECT, listed=1), notes(edited="", listed=2)

    assert proofs_of(written, sent, [SUBJECT], moved=True)
    assert not proofs_of(written, notes(edited="", listed=1), [SUBJECT], moved=True)


@pytest.mark.parametrize(
    "text",
    [
        "Zgłoszenie zostało wysłane.",
        "Bestillingen er oprettet",
        "Ændringerne er gemt",
        "Réservation enregistrée",
        "Zmiany zostały zapisane",
        "Termin wurde verlängert",
        "Loan 12 was extended",
    ],
)
def test_that_something_arrived_is_heard_in_several_languages(text: str) -> None:
    assert says_arrived(text)


@pytest.mark.parametrize("text", ["Nie udało się zapisać", "Kunne ikke gemmes", "Nie można wysłać"])
def test_that_something_failed_is_heard_in_several_languages(text: str) -> None:
    assert not says_arrived(text)
    assert says_refused(text)


async def test_a_refused_request_is_told_in_the_page_s_words_also_when_it_is_tried_again(
    bench: Bench, site: ScriptedSite
) -> None:
    said = "Amount must be a number such as 12.50"
    serve(site)
    site.pages["/"] = lambda _: form().text(said)
    site.posts = {"/tickets": lambda _: replace_status(form().text(said), 422)}

    result = (await bench.run(OPEN, fill_subject(), submit(proof=False)))[-1]

    assert result.error_code == "input_refused"
    assert said in result.record.message


def replace_status(screen: Screen, status: int) -> Screen:
    screen.status = status
    return screen
