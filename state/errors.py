"""Every error Podium raises on purpose, sorted by who acts on it.

PodiumError
├── UserError            the caller can fix it            shown as is, exit code 2 or HTTP 4xx
│   ├── NotFound         404
│   ├── Conflict         409
│   ├── InvalidProgram   422
│   ├── InvalidAnswer    422
│   └── NotPermitted     403
├── SetupError           the machine lacks something      shown with what to install, exit code 1
│   └── Unavailable      for now: locked, full, restarting the segment waits and goes on
├── LeaseLost            somebody else executes it now     the segment stops and reports nothing
├── StepError            one step of a run failed         recorded in the run
│   ├── Retryable        the retry policy tries again
│   ├── Fatal            it does not
│   └── Refused          doing it would be wrong: the meaning changed, or the policy forbids it
├── ModelMistake         a model's output was unusable    goes back to the model, at most twice
└── LimitExceeded        a budget ran out                 the run stops and can be resumed
    └── TimeExceeded     the run's own time
"""

from __future__ import annotations


class PodiumError(Exception):
    """The root of all errors that Podium raises on purpose."""

    code = "podium"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        """What the reader can do about it, one sentence."""


class UserError(PodiumError):
    """The request cannot be carried out as it stands; the caller can change it."""

    code = "usage"


class NotFound(UserError):
    """The named thing does not exist in this workspace."""

    code = "not_found"


class Conflict(UserError):
    """The thing changed or is already answered; the caller's view is stale."""

    code = "conflict"


class InvalidProgram(UserError):
    """A program, spec or plan document breaks a rule."""

    code = "invalid_program"

    def __init__(self, message: str, *, problems: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class InvalidAnswer(UserError):
    """An answer does not fit the question's fields; the question stays open."""

    code = "invalid_answer"

    def __init__(self, message: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field
        """Name of the field whose answer cannot be used, when it is one field's fault."""


class NotPermitted(UserError):
    """The policy or the approved plan does not allow it."""

    code = "not_permitted"


class SetupError(PodiumError):
    """The machine lacks something Podium needs, such as a browser."""

    code = "setup"


class Unavailable(SetupError):
    """Something the machine has cannot be used just now: a database that is locked, full or restarting."""

    code = "unavailable"


class LeaseLost(PodiumError):
    """Another process has taken the thread over; going on here would do things twice."""

    code = "lease_lost"


class StepError(PodiumError):
    """One step of a run could not be done.

    `code` is one of the failure taxonomy: `unreachable`, `timeout`, `not_found_on_page`, `ambiguous`,
    `meaning_changed`, `sign_in_failed`, `expectation`, `blocked_origin`, `download`, `browser_gone`.
    """

    code = "step"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str = "",
        evidence: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, hint=hint)
        if code is not None:
            self.code = code
        self.evidence = evidence
        """Ids of screenshots and page dumps that show it."""


class Retryable(StepError):
    """Trying the same step again may help."""

    code = "retryable"


class Fatal(StepError):
    """Trying the same step again will not help."""

    code = "fatal"


class Refused(StepError):
    """The step would act on something whose meaning is not the approved one."""

    code = "meaning_changed"


class ModelMistake(PodiumError):
    """A model answered with something that cannot be used."""

    code = "model_mistake"


class LimitExceeded(PodiumError):
    """A budget (time, pages, submits, tokens) ran out."""

    code = "limit"


class TimeExceeded(LimitExceeded):
    """A run took longer than its agent may."""

    code = "time_limit"
