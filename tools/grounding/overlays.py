"""Consent banners and notices that cover a page: which control closes them without agreeing to more than needed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from podium.tools.grounding.words import concepts_in, fold, stem, units_of
from podium.tools.page import Node, Snapshot

_WORDS = frozenset({"cookie", "cookies", "consent", "privacy", "datenschutz", "einwilligung", "privatsphare", "confidentialite", "cmp", "gdpr"})  # fmt: skip
_POLITE: Final = (
    "no thanks", "nein danke", "non merci", "nie dziekuje", "maybe later", "not now", "remind me later", "later", "skip for now",
    "spater", "nicht jetzt", "jetzt nicht", "plus tard", "pas maintenant", "mas tarde", "ahora no", "piu tardi", "non ora", "nie teraz", "pozniej",
)  # fmt: skip
"""Says no to an offer and does nothing else."""
_REFUSING: Final = (
    *_POLITE,
    "reject", "decline", "refuse", "deny", "necessary only", "only necessary", "essential only", "only essential", "only required",
    "use necessary cookies only", "required only", "continue without", "proceed without", "no thanks", "do not accept", "do not consent",
    "ablehnen", "alle ablehnen", "nur notwendige", "nur erforderliche", "nur essenzielle", "nur technisch", "ohne zustimmung", "nein danke",
    "weiter ohne", "tout refuser", "refuser", "continuer sans", "non merci", "rechazar", "solo necesarias", "continuar sin", "rifiuta",
    "solo necessari", "continua senza", "weigeren", "alles weigeren", "alleen noodzakelijke",
)  # fmt: skip
_KEEPING: Final = (
    "save", "confirm my choices", "confirm choices", "confirm selection", "allow selection", "accept selection", "accept selected",
    "auswahl", "einstellungen speichern", "speichern", "enregistrer", "confirmer mes choix", "valider", "guardar", "confirmar seleccion", "salva",
)  # fmt: skip
_ARRANGING: Final = (
    "settings", "cookie settings", "privacy settings", "manage", "preferences", "customise", "customize", "options", "more options", "choose",
    "einstellungen", "cookie einstellungen", "anpassen", "auswahlen", "mehr optionen", "parametres", "parametrer", "personnaliser", "gerer",
    "configurar", "ajustes", "preferenze", "personalizza", "instellingen",
)  # fmt: skip
_CLOSING: Final = ("close", "cancel", "accept_all", "accept", "confirm")
_REFUSE, _CLOSE, _LEAVE, _KEEP, _ARRANGE, _GRANT, _AGREE, _OKAY = range(8)
"""Best first: nothing granted before a choice, a choice before everything."""
_RANKS: Final = {"close": _CLOSE, "cancel": _LEAVE, "accept_all": _GRANT, "accept": _AGREE, "confirm": _OKAY}  # fmt: skip
_SIGNS = frozenset({"x", "×", "✕", "✖", "✗", "⨯"})  # noqa: RUF001  the signs that pages use
_BOXES = frozenset({"checkbox", "switch"})
_NOTICES = frozenset(
    map(
        stem,
        (
            "dialog",
            "window",
            "popup",
            "banner",
            "notice",
            "message",
            "fenster",
            "hinweis",
            "meldung",
        ),
    )
)
_LONGEST = 6
"""Words on a button that closes something."""


def closer(snapshot: Snapshot, *, tried: Collection[str] = ()) -> Node | None:
    """Return the control that closes a notice over the page; None when there is none, or the dialog asks for something.

    A dialog with fields belongs to the page's work and is left alone; one that only asks for an e-mail address is a notice
    where a sign closes it. What words of consent do not stand beside is left alone but for plain words that close: `Reject`
    and `Save` are business there, `Cancel order` is an act. `tried` are refs that did not close it: a banner of two layers is gone through.
    """
    consent = _consent_places(snapshot)
    candidates = [
        (rank, node)
        for node in snapshot.nodes
        if node.role in {"button", "link"}
        and node.visible
        and node.ref not in tried
        and (_over_page(node, snapshot) or _place(node) in consent)
        and (rank := _rank(node)) is not None
        and (
            _about_consent(node)
            or _place(node) in consent
            or _only_closes(node, rank)
            or (rank > _ARRANGE and _alone(node, snapshot))
        )
    ]
    asking = [
        node
        for node in snapshot.nodes
        if node.region == "dialog"
        and node.role in {"textbox", "combobox", "checkbox", "radio"}
        and not _about_consent(node)
    ]
    if any(node.input_type != "email" for node in asking):
        candidates = []
    elif asking:
        candidates = [(rank, node) for rank, node in candidates if rank in {_REFUSE, _CLOSE}]
    return min(candidates, key=lambda pair: pair[0])[1] if candidates else None


def granted_boxes(snapshot: Snapshot, button: Node) -> tuple[Node, ...]:
    """Return the boxes of a consent banner that are ticked and need not be, when the button keeps them as they stand."""
    if _rank(button) != _KEEP:
        return ()
    return tuple(
        node
        for node in snapshot.nodes
        if node.role in _BOXES
        and node.checked
        and node.enabled
        and node.visible
        and (_about_consent(node) or node.region == "dialog")
    )


def agrees(snapshot: Snapshot, button: Node) -> bool:
    """Return whether the button says yes to something that is no consent: what it sends is business of the page."""
    rank = _rank(button)
    consent = _about_consent(button) or _place(button) in _consent_places(snapshot)
    return rank is not None and not consent and not _only_closes(button, rank)


def _only_closes(node: Node, rank: int) -> bool:
    """Return whether the button's words say nothing but that something is closed, of whatever kind it is."""
    if rank == _REFUSE:
        return fold(node.name).startswith(_POLITE)
    said = units_of(node.name)
    return rank in {_CLOSE, _LEAVE} and all(
        {"close", "cancel"} & set(unit.concepts) or unit.word in _NOTICES for unit in said
    )


def _place(node: Node) -> tuple[tuple[str, ...], str]:
    return node.frame, node.path.rpartition(">")[0]


def _consent_places(snapshot: Snapshot) -> frozenset[tuple[tuple[str, ...], str]]:
    """Return the containers of a banner's buttons: what it says stands beside the first of them only."""
    if not snapshot.dialog:
        return frozenset()
    return frozenset(
        _place(node)
        for node in snapshot.nodes
        if node.role in {"button", "link"}
        and _rank(node) is not None
        and _about_consent(node)
        and ">" in _place(node)[1]
    )


def _over_page(node: Node, snapshot: Snapshot) -> bool:
    return (node.region == "dialog" and snapshot.dialog) or _about_consent(node)


def _alone(node: Node, snapshot: Snapshot) -> bool:
    return not any(
        other.region == "dialog"
        and other.role in {"button", "link"}
        and other.ref != node.ref
        and other.visible
        for other in snapshot.nodes
    )


def _about_consent(node: Node) -> bool:
    around = " ".join(
        (node.path, node.heading, *node.anchors, *node.frame, node.name if node.role in {"button", "link"} else "")
    )  # fmt: skip
    return bool(_WORDS & set(fold(around.replace("-", " ").replace(".", " ")).split()))


def _rank(node: Node) -> int | None:
    said = fold(node.name)
    if said in {"", *_SIGNS} and "close" in fold(str(node.attributes)):
        return _CLOSE
    if node.name.strip().casefold() in _SIGNS:
        return _CLOSE
    if len(node.name.split()) > _LONGEST:
        return None
    for phrases, rank in ((_REFUSING, _REFUSE), (_KEEPING, _KEEP), (_ARRANGING, _ARRANGE)):
        if any(f"{said} ".startswith(f"{phrase} ") for phrase in phrases):
            return rank
    concepts = concepts_in(node.name)
    if concepts & {"reject_all", "decline"}:
        return _REFUSE
    return next((_RANKS[concept] for concept in _CLOSING if concept in concepts), None)
