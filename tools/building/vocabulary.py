"""Interface words that carry a meaning on every site: small curated lists, several languages, compared folded.

Source: the words that common web frameworks, shops, mail programs and admin sites put on their controls.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from podium.tools.grounding.words import fold

SIGN_IN: Final = (
    "sign in|signin|log in|login|log on|logon|my account|member login|customer login|enter portal"
    "|anmelden|anmeldung|einloggen|mein konto|connexion|se connecter|identification|iniciar sesion"
    "|entrar|acceder|accedi|accesso|inloggen|aanmelden|logga in|log ind|logg inn|kirjaudu|zaloguj"
)
SIGN_OUT: Final = (
    "sign out|signout|log out|logout|log off|logoff|end session|switch user|abmelden|ausloggen"
    "|deconnexion|se deconnecter|cerrar sesion|salir|esci|disconnetti|uitloggen|afmelden|logga ut"
    "|log ud|logg ut|kirjaudu ulos|wyloguj|sair"
)
REGISTER: Final = (
    "sign up|signup|register|registration|create account|create an account|new account|join|registrieren"
    "|konto erstellen|konto anlegen|inscription|s inscrire|creer un compte|registrarse|crear cuenta"
    "|registrati|registreren"
)
NOT_THE_SUBMIT: Final = (
    "show password|hide password|show|hide|toggle|forgot|reset|lost password|passwort vergessen|vergessen"
    "|passwort anzeigen|anzeigen|help|cancel|abbrechen|back|zuruck|close|single sign on|sso|google|github"
    "|microsoft|facebook|apple|passkey|qr code|guest"
)
ADVANCE: Final = "next|continue|proceed|go on|weiter|fortfahren|suivant|continuer|siguiente|continuar|avanti|continua|volgende|verder|dalej|nasta|naeste|neste|fortsatt|videre|jatka|seuraava|dalsi|pokracovat|tovabb|proximo|seguinte"
USER_FIELD: Final = (
    "user|username|user name|user id|userid|login|login name|e mail|email|email address|account|account number"
    "|customer number|member|benutzer|benutzername|kennung|kundennummer|identifiant|utilisateur|usuario|utente"
    "|gebruikersnaam|nom d utilisateur|correo"
)
NEXT_PAGE: Final = (
    "next|next page|older|older posts|older entries|following|forward|weiter|nachste|nachste seite|vor|suivant|suivante"
    "|page suivante|siguiente|proxima|successivo|successiva|avanti|volgende|nasta|neste|naeste"
)
NEXT_GLYPHS: Final = frozenset(
    {
        ">",
        "\u203a",
        "\u00bb",
        "\u2192",
        "\u25b6",
        ">>",
        "\u27e9",
        "\u276f",
        "chevron_right",
        "navigate_next",
    }
)
PREVIOUS_PAGE: Final = "previous|prev|newer|back|first|vorherige|vorige|zuruck|erste|precedent|precedente|anterior|primera|premier"
LOAD_MORE: Final = (
    "load more|show more|more results|view more|see more|more items|load next|more|mehr laden|mehr anzeigen"
    "|weitere laden|weitere anzeigen|afficher plus|charger plus|voir plus|cargar mas|mostrar mas|ver mas"
    "|carica altri|mostra altri|meer laden|meer tonen"
)
SEARCH: Final = (
    "search|find|look up|lookup|query|q|keyword|keywords|search term|suche|suchen|suchbegriff|finden|recherche"
    "|rechercher|chercher|buscar|busqueda|cerca|ricerca|zoek|zoeken|sok|haku|szukaj"
)
NEVER: Final = (
    "delete|remove|erase|destroy|discard|drop|purge|wipe|trash|unsubscribe|deactivate|disable|revoke|terminate|cancel"
    "|pay|pay now|buy|buy now|purchase|checkout|check out|add to cart|add to basket|place order|order now|approve"
    "|reject|decline|archive|mark as|mark all|mark read|dismiss all|reset|refund|void|close account|impersonate"
    "|subscribe|restart|reboot|shut down|shutdown|loschen|entfernen|kundigen|bezahlen|kaufen|jetzt kaufen"
    "|in den warenkorb|genehmigen|ablehnen|archivieren|stornieren|zurucksetzen|supprimer|effacer|acheter|payer"
    "|annuler|eliminar|borrar|comprar|pagar|cancelar|elimina|rimuovi|acquista|paga|annulla|verwijderen|betalen|kopen"
)
WRITE: Final = (
    "save|submit|send|apply changes|update|confirm|publish|post|upload|import|assign|accept|start|run|execute|reply"
    "|forward|share|invite|enable|activate|lock|unlock|sync|generate|book|reserve|vote|like|follow|speichern|senden"
    "|absenden|einreichen|bestatigen|hochladen|enregistrer|envoyer|valider|guardar|enviar|salva|invia|opslaan|verzenden"
)
CREATE: Final = (
    "new|create|add|compose|write|report|raise|open a|request|start a|contact|file a|submit a|neu|neue|neuer|neues"
    "|erstellen|anlegen|hinzufugen|verfassen|kontakt|nouveau|nouvelle|creer|ajouter|contacter|nuevo|nueva|crear|anadir"
    "|nuovo|nuova|crea|aggiungi|nieuw|toevoegen"
)
EDIT: Final = "edit|change|modify|update|amend|correct|bearbeiten|andern|modifier|editer|editar|modificar|modifica|bewerken|wijzigen|redigera|andra|rediger|muokkaa|edytuj|zmien|upravit"
REJECT_OVERLAY: Final = (
    "reject all|reject|decline all|decline|refuse|deny|necessary only|only necessary|essential only|only essential"
    "|use necessary cookies only|only required|required only|continue without accepting|no thanks|not now|skip|later"
    "|maybe later|ablehnen|alle ablehnen|nur notwendige|nur erforderliche|nur essenzielle|nein danke|spater"
    "|tout refuser|refuser|continuer sans accepter|non merci|plus tard|rechazar|rechazar todo|solo necesarias"
    "|rifiuta|rifiuta tutto|solo necessari|weigeren|alles weigeren|alleen noodzakelijke"
)
CLOSE: Final = "close|dismiss|got it|ok|okay|understood|x|schliessen|schließen|verstanden|fermer|compris|cerrar|entendido|chiudi|ho capito|sluiten|begrepen"
CLOSE_GLYPHS: Final = frozenset({"\u00d7", "\u2715", "\u2716", "\u2717", "x", "X", "\u2a2f"})
ACCEPT_OVERLAY: Final = (
    "accept|accept all|allow all|agree|i agree|accept cookies|allow cookies|akzeptieren|alle akzeptieren|zustimmen"
    "|accepter|tout accepter|aceptar|aceptar todo|accetta|accetta tutto|accepteren"
)
DOWNLOAD: Final = (
    "download|export|save as|get file|get|herunterladen|download starten|exportieren|telecharger|exporter|descargar"
    "|exportar|scarica|esporta|downloaden|exporteren|ladda ner|last ned"
)
MENU: Final = "menu|navigation|more|browse|all|menü|mehr|plus|mas|altro|meer|apps|sections"

STOP: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "our",
        "your",
        "all",
        "any",
        "every",
        "each",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "with",
        "and",
        "or",
        "by",
        "new",
        "this",
        "that",
        "these",
        "those",
        "list",
        "lists",
        "page",
        "pages",
        "section",
        "overview",
        "table",
        "form",
        "screen",
        "view",
        "show",
        "see",
        "go",
        "open",
        "browse",
        "manage",
        "index",
        "area",
        "portal",
        "tab",
        "menu",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "einen",
        "mein",
        "meine",
        "alle",
        "liste",
        "seite",
        "ubersicht",
        "bereich",
        "formular",
        "von",
        "im",
        "zum",
        "zur",
        "und",
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "du",
        "mes",
        "tous",
        "toutes",
        "liste",
        "page",
        "el",
        "los",
        "las",
        "un",
        "una",
        "mis",
        "todos",
        "todas",
        "lista",
        "pagina",
        "il",
        "lo",
        "gli",
        "i",
        "miei",
        "tutti",
    ]
)


@cache
def _phrases(group: str) -> tuple[str, ...]:
    return tuple(
        sorted({f" {fold(phrase)} " for phrase in group.split("|")}, key=len, reverse=True)
    )


def has(text: str, group: str) -> bool:
    """Return whether one of the group's phrases stands in the text as whole words."""
    folded = f" {fold(text)} "
    return any(phrase in folded for phrase in _phrases(group))


def equals(text: str, group: str) -> bool:
    """Return whether the text is one of the group's phrases, and nothing more."""
    return f" {fold(text)} " in _phrases(group)


def starts(text: str, group: str) -> bool:
    """Return whether the text begins with one of the group's phrases."""
    folded = f" {fold(text)} "
    return any(folded.startswith(phrase) for phrase in _phrases(group))
