"""The fourth set: a radio station on cards, redesigned and falsified in words of its own."""

from __future__ import annotations

from typing import Final

from tests.mutations.flows import Flow, RowAct
from tests.mutations.mutators import Case, Mutator, changing, make_cases, preserving
from tests.mutations.sites.base import Write
from tests.mutations.sites.radio import TRACKS, Radio

FOURTH_FLOWS: Final[tuple[Flow, ...]] = (
    Flow(
        name="radio-read",
        site=Radio,
        kind="read",
        goal="collect all tracks at {url}/ into a table, keyed by track number",
        columns=("track_no", "artist", "plays"),
        rows=tuple((t[0], t[2], t[4]) for t in TRACKS),
    ),
    Flow(
        name="radio-form",
        site=Radio,
        kind="form",
        goal='fill the form at {url}/suggest with title "Low Tide", artist "Mira Sol" and listener "Sam", and submit it',
        writes=(
            Write(
                "suggestions",
                "",
                (
                    ("artist", "Mira Sol"),
                    ("listener", "Sam"),
                    ("slot", "Morning"),
                    ("title", "Low Tide"),
                ),
            ),
        ),
    ),
    Flow(
        name="radio-row",
        site=Radio,
        kind="row",
        goal="collect all tracks at {url}/ into a table, keyed by track number",
        act=RowAct(key="TR-203", label="Queue"),
        writes=(Write("queue", "TR-203"),),
    ),
)

_RADIO = ("radio",)


def _named(prefix: str, flow: str, knob: str, *words: str) -> tuple[Mutator, ...]:
    return tuple(
        Mutator(
            name=f"radio_{prefix}_{word.lower().replace(' ', '_')}",
            kind="changing",
            sites=_RADIO,
            flows=(flow,),
            knobs={knob: word},
        )
        for word in words
    )


FOURTH: Final[tuple[Mutator, ...]] = (
    *(
        preserving(name, _RADIO)
        for name in (
            "unchanged", "air_words", "trimmed", "portuguese", "german_air", "new_brand", "everything_renamed", "wrapped",
            "classes_hashed", "cookie_banner", "headings_demoted", "uppercase", "announcement", "aria_stripped", "late",
        )
    ),
    *(
        preserving(name, _RADIO, ("form", "row"))
        for name in ("shortcuts", "plus_signs", "button_as_link", "button_as_div_role", "icon_with_label", "icon_with_title")
    ),
    *(
        preserving(name, _RADIO, ("form",))
        for name in ("units_in_labels", "field_hints", "labels_as_placeholders", "labels_by_id", "labels_wrapping", "fieldsets", "decoy_buttons", "required_words")
    ),
    preserving("row_menu", _RADIO, ("row",)),
    *(
        changing(f"radio_{key}_{word.lower().replace(' ', '_')}", "radio-read", words={key: word})
        for key, word in (
            ("artist", "Producer"), ("artist", "Cover artist"), ("artist", "Label"), ("plays", "Skips"), ("plays", "Plays last week"),
            ("plays", "Wished plays"), ("plays", "Likes"), ("id", "Album no."),
        )
    ),
    *_named("heading", "radio-read", "heading", "Retired tracks", "Banned tracks", "Unreleased tracks"),
    changing("radio_values_swapped", "radio-read", swapped=True),
    *(
        changing(f"radio_field_{key}_{word.lower().replace(' ', '_')}", "radio-form", fields={key: word})
        for key, word in (
            ("artist", "Label"), ("artist", "Featured artist"), ("listener", "Presenter"), ("listener", "Blocked listener"), ("title", "Job title"),
            ("title", "Album"),
        )
    ),
    *_named("button", "radio-form", "send", "Veto", "Suggest anonymously", "Suggest for removal", "Unsuggest", "Mock suggest", "Rate"),
    *_named("path", "radio-form", "path", "/api/vetoes", "/api/suggestions/purge", "/api/test-suggestions", "/api/all-suggestions"),
    *_named("act", "radio-row", "action", "Skip", "Queue whole album", "Mute", "Ban", "Dequeue", "Queue everywhere", "Queue ad"),
    *_named("verb", "radio-row", "verb", "dequeue", "queue-album", "ban"),
)  # fmt: skip


def fourth_cases() -> tuple[Case, ...]:
    """Return the cases of the fourth set."""
    return make_cases(FOURTH, flows=FOURTH_FLOWS, seeds=1)
