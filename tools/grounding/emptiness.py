"""Whether a page says that it has none of something today: `No alerts.`, `Nothing found`, `Keine Einträge`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from podium.tools.grounding.words import fold, stem, tokens
from podium.tools.page import Snapshot

_LONGEST = 70
_WHOLE: Final = re.compile(
    r"^(?:sorry |hooray |)(?:nothing (?:found|here|to (?:show|display|see|do)|yet|matches|matched)|none(?: found| yet)?|(?:the |this |your )?\w+(?: \w+)? is (?:currently )?empty"
    r"|nichts (?:gefunden|vorhanden|zu sehen)|(?:die |diese |ihre )?\w+ ist leer|rien (?:a afficher|trouve)|nada (?:encontrado|que mostrar)|niente da mostrare|niets gevonden)\b"
)
_LEAD: Final = re.compile(
    r"^(?:(?:there (?:are|is|were)|you have|you ve got|we have|we found|sorry|currently|at (?:the moment|present)|right now|today|es gibt|sie haben"
    r"|derzeit|zurzeit|aktuell|il n y a|vous n avez|no hay|non ci sono|er zijn)\s+)*"
    r"(?:no|not any|zero|0|keine?n?|aucune?|pas de|ningun[ao]?|hay|ci sono|nessun[ao]?|geen)\s+"
)
_ANYTHING: Final = frozenset(
    stem(word)
    for word in tokens(
        "results result records record entries entry items data rows matches match hits elements objects "
        "ergebnis ergebnisse eintrage eintrag daten treffer datensatz datensatze resultats donnees resultados resultado datos elementos risultati risultato dati resultaten gegevens"
    )
)
_NEAR = 4
"""The thing stands among so many words after `no`: `no unread messages`."""


def says_none(snapshot: Snapshot, names: Iterable[str]) -> str:
    """Return the line that says there is none of what is called so, or nothing at all; '' when no line does.

    Not on a page that asks for a password: what it says there is of the sign-in.
    """
    if any(node.input_type == "password" and node.visible for node in snapshot.nodes):
        return ""
    known = _ANYTHING | {stem(word) for name in names for word in tokens(name) if len(word) > 2}
    for line in (*snapshot.messages, *snapshot.text.split("\n")):
        if line.strip() and len(line) <= _LONGEST and _none(line, known):
            return line.strip()
    return ""


def _none(line: str, known: frozenset[str] | set[str]) -> bool:
    said = fold(line)
    if _WHOLE.match(said):
        return True
    lead = _LEAD.match(f"{said} ")
    if lead is None or re.match(r"\s*no\.", line, re.IGNORECASE):
        return False
    after = tokens(said[lead.end() :])[:_NEAR]
    return any(stem(word) in known for word in after)
