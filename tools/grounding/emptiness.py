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
        "ergebnis ergebnisse eintrage eintrag daten treffer datensatz datensatze resultats donnee donnees resultados resultado datos elementos risultati risultato dati resultaten gegevens"
    )
)
_NEAR = 4
"""The thing stands among so many words after `no`: `no unread messages`."""
_SENTENCE: Final = re.compile(r"[.!?;:|\u00b7\u2022](?:\s|$)|\s[-\u2013\u2014]\s|\s\(")
_FOUND: Final = frozenset(
    tokens(
        "found yet available match matches matched exist exists recorded scheduled registered listed gefunden vorhanden verfugbar gespeichert trouve trouvee trouves trouvees "
        "disponible disponibles encontrado encontrada encontrados encontradas trovato trovata trovati trovate disponibile disponibili gevonden aanwezig beschikbaar"
    )
)
_AFTER: Final = _FOUND | frozenset(
    tokens(
        "here today now currently right at so this that which matching meet meets existing present for in on with of from since before after between by left open due waiting pending "
        "assigned awaiting remaining outstanding overdue needing requiring created added placed posted planned upcoming unread "
        "hier heute derzeit zurzeit aktuell mehr fur im mit von seit aujourd pour dans hoy para en con oggi per nel met voor"
    )
)
"""What goes on about the thing that is not there, of today or of a search."""
_ELSE: Final = frozenset(
    tokens(
        "to for of from with in on the a an your this that could can may must might should will would be been was were is are has have had zu zum zur der die das dem den konnte konnten kann darf "
        "de du des la le les el los a al il di dei van het"
    )
)
"""Behind one of these the sentence speaks of something else: `no connection to the orders`."""
_TROUBLE: Final = frozenset(
    stem(word)
    for word in tokens(
        "could couldn cannot unable failed failure error connection permission timeout offline denied unavailable loaded down server network konnte konnten fehler verbindung berechtigung "
        "geladen fehlgeschlagen erreur connexion echec chargees conexion permiso cargar errore connessione fout verbinding mislukt"
    )
)
"""A line with one of these tells of a failure, unless the page lists just that: `No errors`."""
_NOT_FOUND: Final = re.compile(r"\b(?:could|can|konnten?) (?:not )?(?:be )?(?=found\b|gefunden\b)")


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
    plain = _NOT_FOUND.sub("", fold(line))
    if any(stem(word) in _TROUBLE - known for word in plain.split()):
        return False
    if _WHOLE.match(plain):
        return True
    if re.match(r"\s*no\.", line, re.IGNORECASE):
        return False
    first = _NOT_FOUND.sub("", fold(_SENTENCE.split(line, maxsplit=1)[0]))
    lead = _LEAD.match(f"{first} ")
    return lead is not None and _is_of(tuple(first[lead.end() :].split()), known)


def _is_of(words: tuple[str, ...], known: frozenset[str] | set[str]) -> bool:
    """Return whether the words behind `no` name a thing that is known, and say nothing else of it."""
    for at, word in enumerate(words[:_NEAR]):
        if word in _ELSE:
            return False
        if stem(word) in known and _goes_on(words[at + 1 :]):
            return True
    return False


def _goes_on(after: tuple[str, ...]) -> bool:
    if not after or after[0] in _AFTER or not _FOUND.isdisjoint(after[:_NEAR]):
        return True
    return after[0] == "to" and len(after) > 1 and after[1] not in _ELSE
