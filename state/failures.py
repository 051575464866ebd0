"""The failure taxonomy: every error code belongs to a class, and the class says who can do what about it. Pure."""

from __future__ import annotations

from typing import Literal

FailureClass = Literal[
    "page_changed", "meaning_changed", "site_down", "slow", "credential", "input", "data", "policy",
    "browser", "model", "workspace", "defect",
]  # fmt: skip

CLASSES: dict[FailureClass, frozenset[str]] = {
    "page_changed": frozenset(
        {"not_found_on_page", "ambiguous", "no_option", "expectation", "covered", "stale", "fatal", "step", "value", "not_built_yet", "not_sent", "declined"}
    ),
    "meaning_changed": frozenset({"meaning_changed", "would_write"}),
    "site_down": frozenset({"unreachable", "http_status", "server_error", "wrong_host"}),
    "slow": frozenset({"time_limit", "timeout", "not_ready", "retryable", "busy"}),
    "credential": frozenset({"sign_in_failed", "not_signed_in"}),
    "input": frozenset({"input_refused", "captcha", "usage", "unknown_name", "invalid_answer", "bad_answer", "invalid_request"}),
    "data": frozenset({"download", "wrong_content_type", "too_large", "format_refused"}),
    "policy": frozenset({"blocked_origin", "foreign_origin", "not_permitted", "secret_in_text", "bad_signature"}),
    "browser": frozenset({"browser_gone", "setup"}),
    "model": frozenset({"model_mistake", "model_refused_request", "limit"}),
    "workspace": frozenset(
        {"not_found", "conflict", "invalid_program", "cancelled", "unavailable", "lease_lost", "drained", "child_failed",
         "no_destination"}
    ),
    "defect": frozenset({"internal", "podium"}),
}  # fmt: skip

WORDS: dict[FailureClass, str] = {
    "page_changed": "the page is not as it was when the step was built",
    "meaning_changed": "the page shows something else under the same name, so acting on it was refused",
    "site_down": "the site did not answer as a site that works",
    "slow": "the page took longer than a step may take",
    "credential": "the site did not let us in",
    "input": "a value that was given, or one that is missing, was not accepted",
    "data": "what arrived is not the file or the data that was expected",
    "policy": "the approved plan does not allow it",
    "browser": "the browser was not there",
    "model": "the model did not help, or its budget was used up",
    "workspace": "the records changed, or the run was ended",
    "defect": "a defect of Podium itself",
}

ADVICE: dict[FailureClass, str] = {
    "page_changed": "The step can be explored again on the page as it is now; what is deployed stays untouched until you approve.",
    "meaning_changed": "Look at the page before anything is changed: a wrong target is never written to.",
    "site_down": "Run it again when the site answers; nothing needs to be changed.",
    "slow": "Run it again; if it stays slow, the step can be explored again.",
    "credential": "Store the credential anew with `podium secret set`, then run it again.",
    "input": "Run it with other inputs, or change the request so that it gives what is asked for.",
    "data": "Look at the file that arrived; the step can be explored again.",
    "policy": "Change the plan so that it names what is needed, or leave it as it is.",
    "browser": "See `podium doctor`, then run it again.",
    "model": "See the settings of the model and its budget, then run it again.",
    "workspace": "Run it again.",
    "defect": "Run it again; if it happens again, report it with the run's record.",
}

REPAIRABLE: frozenset[FailureClass] = frozenset({"page_changed", "data", "slow"})
"""Classes for which exploring the failing step again may help."""


def class_of(code: str) -> FailureClass:
    """Return the class of an error code; a code nobody knows is a defect."""
    for name, codes in CLASSES.items():
        if code in codes:
            return name
    return "defect"
