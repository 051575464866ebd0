from __future__ import annotations

import pytest

from podium.server.cli.talking import refuse_verdict
from podium.server.replies import classify
from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.plan import Request, Understanding, Verb
from podium.state.questions import FieldSpec, Question
from podium.tools.planner import CORRECTS

REVIEW = Question(
    id="q",
    kind="review",
    title="Build invoices?",
    fields=(
        FieldSpec(
            name="decision", title="Go?", type="choice", choices=("approve", "edit", "reject")
        ),
        FieldSpec(name="change", title="What to change", required=False),
        FieldSpec(name="release_writes", title="Really write", type="boolean", default=False),
    ),
)
DEPLOY = Question(
    id="q",
    kind="approval",
    title="Deploy invoices version 1?",
    fields=(
        FieldSpec(name="decision", title="Deploy?", type="choice", choices=("approve", "reject")),
    ),
)
STATUS = Question(
    id="q",
    kind="choice",
    title="Which are unpaid?",
    fields=(
        FieldSpec(name="values", title="", type="choices", choices=("Open", "Paid", "Overdue")),
    ),
)
FAILED = Question(
    id="q",
    kind="choice",
    title="The build failed. How shall I go on?",
    fields=(
        FieldSpec(name="action", title="Go on?", type="choice", choices=("try again", "stop")),
    ),
)
DELETE = Question(
    id="q",
    kind="choice",
    title="Delete invoices? Runs stay.",
    fields=(
        FieldSpec(name="decision", title="Delete?", type="choice", choices=("delete", "keep")),
    ),
)
DOUBT = Question(
    id="q",
    kind="choice",
    title="'Pay' was sent once. Did it arrive?",
    fields=(
        FieldSpec(
            name="arrived",
            title="Did it arrive?",
            type="choice",
            choices=("it arrived", "send it again", "stop"),
            default="stop",
        ),
    ),
)
PICK = Question(
    id="q",
    kind="choice",
    title="Which link?",
    fields=(
        FieldSpec(
            name="link",
            title="Link",
            type="choice",
            choices=("Invoices 2026", "Invoice archive", "Payments"),
        ),
    ),
)
URL = Question(
    id="q", kind="text", title="Where?", fields=(FieldSpec(name="url", title="Address"),)
)
SUBJECT = Question(
    id="q", kind="text", title="Subject?", fields=(FieldSpec(name="subject", title="Subject"),)
)
TWO = Question(
    id="q",
    kind="text",
    title="Before I can start",
    fields=(FieldSpec(name="url", title="Address"), FieldSpec(name="key", title="Key column")),
)
SECRET = Question(
    id="q",
    kind="secret",
    title="Credentials?",
    fields=(
        FieldSpec(
            name="credentials", title="Login", type="secret", origin="https://portal.example"
        ),
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "yes", "Yes!", "y", "yep", "sure", "ok", "OK, go ahead", "yes go ahead", "go ahead please", "approve", "Approved.",
        "I approve this", "looks good", "looks good to me", "LGTM", "sounds great, do it", "perfect, thanks", "yes please",
        "build it", "go for it" , "that's correct", "continue", "👍", "ja", "fine with me", "let's go",
    ],
)  # fmt: skip
def test_these_words_approve(text: str) -> None:
    reply = classify(REVIEW, text)

    assert (reply.kind, reply.answer) == ("approval", {"decision": "approve"})


@pytest.mark.parametrize(
    "text", ["no", "No.", "nope", "no thanks", "reject", "rejected", "don't", "don't do it", "do not build it", "please do not", "nein", "that is wrong"]
)  # fmt: skip
def test_these_words_reject(text: str) -> None:
    reply = classify(REVIEW, text)

    assert (reply.kind, reply.answer) == ("rejection", {"decision": "reject"})


@pytest.mark.parametrize(
    "text",
    [
        "yes, but only the unpaid ones", "use JSON instead", "no, take the archive page", "also download the PDFs", "skip step 3",
        "looks good except the schedule, make it 9 o'clock", "every Monday instead of Tuesday",
    ],
)  # fmt: skip
def test_words_that_say_more_change_the_plan(text: str) -> None:
    reply = classify(REVIEW, text)

    assert (reply.kind, reply.answer) == ("change", {"decision": "edit", "change": text})


def test_an_approval_may_release_the_writes() -> None:
    reply = classify(REVIEW, "yes, and really submit it")

    assert reply.answer == {"decision": "approve", "release_writes": True}


@pytest.mark.parametrize(
    "text", ["cancel", "Cancel it.", "never mind", "nevermind", "forget it", "forget about it", "stop", "abort the build", "please stop this", "no, cancel that", "drop it"]
)  # fmt: skip
@pytest.mark.parametrize("question", [REVIEW, DEPLOY, SUBJECT, URL, SECRET])
def test_these_words_end_the_work(question: Question, text: str) -> None:
    assert classify(question, text).kind == "cancel"


def test_an_approval_without_edits_takes_other_words_as_a_request_of_their_own() -> None:
    assert classify(DEPLOY, "rename it to billing").kind == "side"
    assert classify(DEPLOY, "deploy it").answer == {"decision": "approve"}


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("Open", ["Open"]), ("open and overdue", ["Open", "Overdue"]), ("Open, Overdue", ["Open", "Overdue"]),
        ("the open ones", None), ("all", ["Open", "Paid", "Overdue"]), ("everything except paid", ["Open", "Overdue"]),
        ("all but Paid", ["Open", "Overdue"]), ("both", ["Open", "Paid", "Overdue"]), ("the first and the third", ["Open", "Overdue"]),
        ("1 and 3", ["Open", "Overdue"]), ("overdue.", ["Overdue"]),
    ],
)  # fmt: skip
def test_several_choices_are_read_from_words(text: str, chosen: list[str] | None) -> None:
    reply = classify(STATUS, text)

    assert reply.kind == "answer"
    assert reply.answer.get("values") == (chosen or ["Open"])


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (FAILED, "try again", {"action": "try again"}), (FAILED, "again please", {"action": "try again"}), (FAILED, "stop", {"action": "stop"}),
        (FAILED, "please stop", {"action": "stop"}), (FAILED, "1", {"action": "try again"}), (FAILED, "the second", {"action": "stop"}),
        (DELETE, "yes", {"decision": "delete"}), (DELETE, "no", {"decision": "keep"}), (DELETE, "keep it", {"decision": "keep"}),
        (PICK, "payments", {"link": "Payments"}), (PICK, "the archive", {"link": "Invoice archive"}), (PICK, "2026", {"link": "Invoices 2026"}),
        (PICK, "the last one", {"link": "Payments"}), (PICK, "take option 2", {"link": "Invoice archive"}), (PICK, '"Payments"', {"link": "Payments"}),
        (URL, "http://127.0.0.1:8000/", {"url": "http://127.0.0.1:8000/"}), (URL, "it's at portal.example.com", {"url": "portal.example.com"}),
        (URL, "use localhost:9000/login.", {"url": "localhost:9000/login"}),
        (SUBJECT, "Printer is broken", {"subject": "Printer is broken"}), (SUBJECT, '"Printer"', {"subject": "Printer"}),
        (SUBJECT, "the subject is Printer", {"subject": "Printer"}), (SUBJECT, "subject: Printer", {"subject": "Printer"}),
        (SUBJECT, "it's Printer", {"subject": "Printer"}),
        (TWO, "url: http://a.example, key: SKU", {"url": "http://a.example", "key": "SKU"}),
        (TWO, "url=http://a.example\nKey column = SKU", {"url": "http://a.example", "key": "SKU"}),
        (REVIEW, "decision: approve, release_writes: yes", {"decision": "approve", "release_writes": "yes"}),
    ],
)  # fmt: skip
def test_answers_are_read_from_words(question: Question, text: str, answer: JsonObject) -> None:
    reply = classify(question, text)

    assert (reply.kind, reply.answer) == ("answer", answer)
    question.check(reply.answer)


@pytest.mark.parametrize(
    "text", ["use portal", "portal", "it's stored as portal", "done", "I stored it"]
)
def test_a_credential_is_answered_by_its_name(text: str) -> None:
    stored = (("portal", "https://portal.example"), ("other", "https://other.example"))

    reply = classify(SECRET, text, secrets=stored)

    assert reply.answer == {"credentials": {"stored": "portal"}}


def _reads(verb: str, *agents: str, confidence: float = 0.95) -> Understanding:
    request = Request.model_validate({"verb": verb, "text": "", "agents": agents})
    return Understanding(requests=(request,), confidence=confidence)


@pytest.mark.parametrize("question", [REVIEW, DEPLOY, STATUS, URL, SUBJECT, SECRET])
def test_a_request_about_another_agent_leaves_the_question_open(question: Question) -> None:
    reply = classify(question, "run price-watch now", reading=_reads("run", "price-watch"))

    assert reply.kind == "side"


@pytest.mark.parametrize("text", ["which agents do I have?", "show my agents"])
def test_a_look_at_the_workspace_leaves_the_question_open(text: str) -> None:
    assert classify(SUBJECT, text, reading=_reads("inspect")).kind == "side"


def test_it_in_a_review_means_the_plan() -> None:
    reply = classify(REVIEW, "schedule it every Monday", reading=_reads("schedule", "invoices"))

    assert reply.kind == "change"


def test_an_unsure_reading_is_no_request() -> None:
    reply = classify(
        SUBJECT, "run price-watch", reading=_reads("run", "price-watch", confidence=0.3)
    )

    assert reply.answer == {"subject": "run price-watch"}


def test_decide_for_me_takes_the_default() -> None:
    question = SUBJECT.model_copy(
        update={"fields": (FieldSpec(name="key", title="Key", default="SKU"),)}
    )

    assert classify(question, "you decide").answer == {"key": "SKU"}


@pytest.mark.parametrize("text", ["yes", "no", "approve", "go ahead"])
def test_a_bare_yes_decides_nothing_about_a_write_in_doubt(text: str) -> None:
    reply = classify(DOUBT, text)

    with pytest.raises(InvalidAnswer):
        DOUBT.check(reply.answer)


@pytest.mark.parametrize("text", ["it arrived", "send it again", "stop"])
def test_a_write_in_doubt_is_settled_by_one_of_its_choices(text: str) -> None:
    assert DOUBT.check(classify(DOUBT, text).answer) == {"arrived": text}


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_a_verdict_is_refused_where_the_question_has_other_answers(verdict: str) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        refuse_verdict(DOUBT, {"decision": verdict})

    assert "--answer 'arrived=send it again'" in refused.value.hint
    refuse_verdict(DEPLOY, {"decision": verdict})
    refuse_verdict(DOUBT, {"arrived": "it arrived"})


WHETHER = Question(
    id="delete",
    kind="choice",
    title="Delete prices?",
    fields=(
        FieldSpec(name="decision", title="Delete?", type="choice", choices=("delete", "keep")),
    ),
)


def _takes_back(verb: Verb) -> Understanding:
    request = Request(verb=verb, text="", agents=("prices",), arguments={CORRECTS: True})
    return Understanding(requests=(request,), confidence=0.9)


def test_a_correction_takes_the_place_of_what_is_asked() -> None:
    reply = classify(WHETHER, "no, I meant the stock watcher", reading=_takes_back("delete"))

    assert reply.kind == "instead"


@pytest.mark.parametrize("text", ["keep it", "no, keep it", "keep"])
def test_words_that_say_only_a_choice_are_the_answer_whatever_else_they_could_mean(
    text: str,
) -> None:
    reply = classify(WHETHER, text, reading=_takes_back("resume"))

    assert (reply.kind, reply.answer) == ("answer", {"decision": "keep"})


def test_a_question_that_names_a_choice_is_no_answer() -> None:
    which = Question(
        id="agent", kind="choice", title="Which agent?",
        fields=(FieldSpec(name="agent", title="Agent", type="choice", choices=("prices", "stock")),),
    )  # fmt: skip
    looks = Request(verb="inspect", text="", agents=("prices",))
    reading = Understanding(requests=(looks,), confidence=1.0)

    assert classify(which, "what is prices for?", reading=reading).kind == "side"
    assert classify(which, "the second one", reading=reading).answer == {"agent": "stock"}


@pytest.mark.parametrize("text", ["thanks, that's all", "ok, that's it for now", "bye"])
def test_who_says_good_bye_answers_nothing(text: str) -> None:
    assert classify(REVIEW, text).kind == "side"
