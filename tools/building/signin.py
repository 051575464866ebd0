"""Finding the sign-in form, the way to it, and whether somebody is signed in. Pure over snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from podium.tools.building import vocabulary as say
from podium.tools.building.links import is_clickable
from podium.tools.building.wanted import url_words
from podium.tools.page import Node, Snapshot

_TEXT_TYPES = frozenset({"text", "email", "tel", "", "number", "search"})
_BUTTONS = frozenset({"button", "link"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInForm:
    """The controls of a sign-in form that is shown now. `password` is absent in the first half of two-step forms."""

    user: Node | None
    password: Node | None
    submit: Node | None
    """None: Enter."""

    @property
    def first_half(self) -> bool:
        """Whether the password is asked on a further page."""
        return self.password is None


def find_form(snapshot: Snapshot) -> SignInForm | None:
    """Return the sign-in form of the page: a password with its user field, or the first half of one."""
    nodes = snapshot.nodes
    best: tuple[float, SignInForm] | None = None
    for place, node in enumerate(nodes):
        if node.input_type != "password" or not node.visible:
            continue
        form = _around(snapshot, place)
        score = _form_score(snapshot, form)
        if best is None or score > best[0]:
            best = score, form
    if best is not None and best[0] > 0:
        return best[1]
    return _first_half(snapshot)


def _around(snapshot: Snapshot, place: int) -> SignInForm:
    password = snapshot.nodes[place]
    return SignInForm(
        user=_user_before(snapshot, place),
        password=password,
        submit=_submit_after(snapshot, place),
    )


def _user_before(snapshot: Snapshot, place: int) -> Node | None:
    password = snapshot.nodes[place]
    before = [
        node
        for node in snapshot.nodes[:place]
        if _is_text(node) and node.frame == password.frame and node.region != "search"
    ]
    same = [node for node in before if node.form == password.form]
    if same:
        return same[-1]
    # Scripted pages have no form element; then the nearest text field above it counts, when it is named as one.
    loose = [node for node in before if not password.form and _says_user(node)]
    return loose[-1] if loose else None


def _submit_after(snapshot: Snapshot, place: int) -> Node | None:
    password = snapshot.nodes[place]
    choices: list[tuple[float, Node]] = []
    for distance, node in enumerate(snapshot.nodes):
        if not _is_button(node) or node.frame != password.frame or node.form != password.form:
            continue
        name = _label(node)
        score = 0.0
        if node.input_type in {"submit", "image"} or node.tag == "button":
            score += 1
        if say.has(name, say.SIGN_IN):
            score += 3
        elif say.has(name, say.NOT_THE_SUBMIT) or say.has(name, say.REGISTER):
            score -= 4
        if say.equals(name, say.ADVANCE):
            score += 1
        if node.role == "link":
            score -= 2.5 if not say.has(name, say.SIGN_IN) or not password.form else 0
        if distance < place:
            score -= 2
        score -= abs(distance - place) * 0.01
        choices.append((score, node))
    choices.sort(key=lambda item: item[0], reverse=True)
    return choices[0][1] if choices and choices[0][0] > 0 else None


def _form_score(snapshot: Snapshot, form: SignInForm) -> float:
    password = form.password
    assert password is not None  # callers give complete forms
    passwords = [
        node
        for node in snapshot.nodes
        if node.input_type == "password" and node.visible and node.form == password.form
    ]
    score = 1.0
    if len(passwords) > 1:
        score -= 3  # registration and change-of-password forms ask twice
    if password.attributes.get("autocomplete") == "new-password":
        score -= 1.5
    if password.attributes.get("autocomplete") == "current-password":
        score += 1
    texts = [form.submit.name if form.submit else "", password.heading]
    texts.extend(item.name for item in snapshot.forms if item.ref == password.form)
    for text in texts:
        if say.has(text, say.SIGN_IN):
            score += 1
        elif say.has(text, say.REGISTER):
            score -= 1.5
    if form.user is not None:
        score += 0.5
    return score


def _first_half(snapshot: Snapshot) -> SignInForm | None:
    context = " ".join((*snapshot.headings[:3], snapshot.title, *url_words(snapshot.url)))
    fields = [node for node in snapshot.nodes if _is_text(node) and node.region != "search"]
    named = [node for node in fields if _says_user(node)]
    if len(named) != 1 or len(fields) > 2:
        return None
    user = named[0]
    buttons = [
        node
        for node in snapshot.nodes
        if _is_button(node)
        and node.form == user.form
        and node.role == "button"
        and (
            say.has(_label(node), say.ADVANCE)
            or say.has(_label(node), say.SIGN_IN)
            or node.input_type == "submit"
        )
        and not say.has(_label(node), say.NOT_THE_SUBMIT)
    ]
    speaks = say.has(context, say.SIGN_IN) or any(
        say.has(_label(node), say.SIGN_IN) for node in buttons
    )
    speaks = speaks or user.attributes.get("autocomplete") in {"username", "email"}
    if not speaks or say.has(" ".join(_label(node) for node in buttons), say.REGISTER):
        return None
    advance = next((node for node in buttons if say.has(_label(node), say.ADVANCE)), None)
    return SignInForm(user=user, password=None, submit=advance or (buttons[0] if buttons else None))


def signed_in(snapshot: Snapshot) -> bool:
    """Return whether the page shows a way to sign out and asks for no password."""
    if any(node.input_type == "password" and node.visible for node in snapshot.nodes):
        return False
    return any(
        is_clickable(node) and (say.has(_label(node), say.SIGN_OUT) or _leads_out(node))
        for node in snapshot.nodes
    )


def _leads_out(node: Node) -> bool:
    words = url_words(node.attributes.get("href", ""))
    return bool(words) and say.has(words[0], say.SIGN_OUT)


def ways_to_form(snapshot: Snapshot) -> tuple[Node, ...]:
    """Return links and buttons that probably lead to the sign-in form, best first."""
    origin = _origin(snapshot.url)
    scored: list[tuple[float, Node]] = []
    for node in snapshot.nodes:
        if not is_clickable(node) or not node.enabled:
            continue
        name = _label(node)
        if say.has(name, say.SIGN_OUT) or say.has(name, say.REGISTER):
            continue
        score = 0.0
        if say.equals(name, say.SIGN_IN):
            score = 3
        elif say.has(name, say.SIGN_IN) and len(name) < 40:
            score = 2
        href = node.attributes.get("href", "")
        words = url_words(href)
        if words and say.has(words[0], say.SIGN_IN):
            score += 1
        if href and _origin(href) != origin:
            score -= 2
        if score > 0:
            scored.append((score, node))
    scored.sort(key=lambda item: item[0], reverse=True)
    return tuple(node for _, node in scored)


def complaint(snapshot: Snapshot) -> str:
    """Return what the page says about a failed sign-in, or ''."""
    return next((text for text in snapshot.messages if text.strip()), "")


def _is_text(node: Node) -> bool:
    return (
        node.visible
        and node.tag == "input"
        and node.input_type in _TEXT_TYPES
        and node.role in {"textbox", "searchbox", "combobox", "spinbutton"}
        and not (node.role == "searchbox" or node.input_type == "search")
    )


def _is_button(node: Node) -> bool:
    return node.visible and (
        node.role in _BUTTONS or node.input_type in {"submit", "image", "button"}
    )


def _label(node: Node) -> str:
    return node.name or node.text or node.value or node.attributes.get("title", "")


def _says_user(node: Node) -> bool:
    if node.input_type == "email" or node.attributes.get("autocomplete") in {"username", "email"}:
        return True
    said = " ".join((node.name, node.label, node.placeholder, node.attributes.get("name", "")))
    return say.has(said, say.USER_FIELD)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
