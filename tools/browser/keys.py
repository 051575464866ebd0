"""What a key press is made of, for Chromium's input domain."""

from __future__ import annotations

from podium.state.document import JsonObject
from podium.state.errors import Fatal

_KEYS: dict[str, tuple[str, int, str]] = {
    "Enter": ("Enter", 13, "\r"),
    "Tab": ("Tab", 9, ""),
    "Escape": ("Escape", 27, ""),
    "Backspace": ("Backspace", 8, ""),
    "Delete": ("Delete", 46, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowRight": ("ArrowRight", 39, ""),
    "Home": ("Home", 36, ""),
    "End": ("End", 35, ""),
    "PageUp": ("PageUp", 33, ""),
    "PageDown": ("PageDown", 34, ""),
    "Insert": ("Insert", 45, ""),
    " ": ("Space", 32, " "),
}
_ALIASES = {
    "esc": "Escape", "return": "Enter", "space": " ", "spacebar": " ", "del": "Delete", "up": "ArrowUp", "down": "ArrowDown",
    "left": "ArrowLeft", "right": "ArrowRight", "ctrl": "Control", "cmd": "Meta", "command": "Meta", "option": "Alt",
}  # fmt: skip
_MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}


def key_events(key: str) -> list[JsonObject]:
    """Return the events of pressing a key such as `Enter`, `a`, `Control+A`.

    Raises:
        Fatal: If there is no such key.
    """
    *held, name = key.split("+") if len(key) > 1 and "+" in key[:-1] else [key]
    modifiers = 0
    for modifier in held:
        modifiers |= _MODIFIERS.get(_named(modifier), 0)
    return _press(_named(name), modifiers)


def typing_events(text: str) -> list[JsonObject]:
    """Return the events of typing a text key by key."""
    events: list[JsonObject] = []
    for char in text:
        events += _press({"\n": "Enter", "\t": "Tab"}.get(char, char), 0)
    return events


def _named(name: str) -> str:
    name = name.strip() or " "
    alias = _ALIASES.get(name.lower())
    if alias:
        return alias
    return next((known for known in (*_KEYS, *_MODIFIERS) if known.lower() == name.lower()), name)


def _press(name: str, modifiers: int) -> list[JsonObject]:
    if name in _KEYS:
        code, number, text = _KEYS[name]
    elif len(name) == 1:
        code, number, text = _character(name)
    elif name.startswith("F") and name[1:].isdigit() and 1 <= int(name[1:]) <= 12:
        code, number, text = name, 111 + int(name[1:]), ""
    else:
        raise Fatal(f"There is no key {name!r}", code="value")
    if modifiers & ~_MODIFIERS["Shift"]:
        text = ""
    common: JsonObject = {
        "key": name,
        "code": code,
        "windowsVirtualKeyCode": number,
        "modifiers": modifiers,
    }
    down: JsonObject = {**common, "type": "keyDown" if text else "rawKeyDown"}
    if text:
        down |= {"text": text, "unmodifiedText": text}
    if modifiers & (_MODIFIERS["Control"] | _MODIFIERS["Meta"]) and name.lower() == "a":
        down["commands"] = ["selectAll"]
    return [down, {**common, "type": "keyUp"}]


def _character(char: str) -> tuple[str, int, str]:
    if char.isascii() and char.isalpha():
        return f"Key{char.upper()}", ord(char.upper()), char
    if char.isascii() and char.isdigit():
        return f"Digit{char}", ord(char), char
    return "", 0, char
