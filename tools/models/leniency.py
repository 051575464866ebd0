"""What small models give back instead of the JSON that was asked for, read for what it plainly says.

Only the spelling is forgiven here: fences, quotes, commas, wrappers, other names for the same thing. What an answer
may name is checked afterwards, as for any model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_LITERALS: dict[str, JsonValue] = {
    "true": True, "false": False, "null": None, "none": None, "undefined": None, "nan": None,
}  # fmt: skip
_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019", "`": "`"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_DEEPEST = 60
_MOST_UNCLOSED = 20
"""Brackets that never close again, after which a text is given up."""
_BETWEEN = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/|#[^\n]*)*", re.DOTALL)
_WORD = re.compile(r"[^\s,:;{}\[\]\"'=]+")


def documents_in(text: str) -> Iterator[JsonValue]:
    """Yield the JSON documents in a text, the longest first; comments, fences and thoughts are passed over."""
    plain = _THOUGHT.sub(" ", text)
    found = sorted(_spans(plain), key=lambda span: span[0] - span[1])
    for start, end in found:
        try:
            yield cast("JsonValue", json.loads(plain[start:end], strict=False))
        except (ValueError, RecursionError):
            try:
                yield _Loose(plain[start:end]).document()
            except (ValueError, IndexError):
                continue


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where outermost braces or brackets open and close again."""
    at, unclosed = 0, 0
    while at < len(text) and unclosed < _MOST_UNCLOSED:
        if text[at] not in "{[":
            at += 1
            continue
        end = _closing(text, at)
        if end is None:
            at += 1
            unclosed += 1
            continue
        yield at, end
        at = end


def _closing(text: str, start: int) -> int | None:
    depth, quote, at = 0, "", start
    while at < len(text):
        character = text[at]
        if quote:
            if character == "\\":
                at += 1
            elif character == quote:
                quote = ""
        elif character == '"' or (character == "'" and _opens(text, at)):
            quote = character
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return None


def _opens(text: str, at: int) -> bool:
    """Whether an apostrophe begins a string rather than standing within a word."""
    return text[:at].rstrip()[-1:] in {"{", "[", ",", ":"}


@dataclass(slots=True)
class _Loose:
    """Reads JSON as people and small models write it: other quotes, bare words, comments, commas too many."""

    text: str
    at: int = 0
    depth: int = 0

    def document(self) -> JsonValue:
        """Return the value at the present place.

        Raises:
            ValueError: If there is none.
        """
        self._skip()
        character = self.text[self.at]
        if character == "{":
            return self._object()
        if character == "[":
            return self._list()
        if character in _QUOTES:
            return self._string()
        return self._bare()

    def _skip(self) -> None:
        match = _BETWEEN.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _object(self) -> JsonValue:
        self._enter()
        found: dict[str, JsonValue] = {}
        while not self._ends("}"):
            key = self.document()
            self._skip()
            if self.text[self.at] not in ":=":
                raise ValueError("a key without a value")
            self.at += 1
            found[str(key)] = self.document()
        return found

    def _list(self) -> JsonValue:
        self._enter()
        found: list[JsonValue] = []
        while not self._ends("]"):
            found.append(self.document())
        return found

    def _enter(self) -> None:
        self.at += 1
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("nested too deeply")

    def _ends(self, closing: str) -> bool:
        self._skip()
        while self.text[self.at] in ",;":
            self.at += 1
            self._skip()
        if self.text[self.at] != closing:
            return False
        self.at += 1
        self.depth -= 1
        return True

    def _string(self) -> str:
        closing = _QUOTES[self.text[self.at]]
        self.at += 1
        kept: list[str] = []
        while self.text[self.at] != closing:
            if self.text[self.at] == "\\":
                self.at += 1
                kept.append(self._escaped())
            else:
                kept.append(self.text[self.at])
                self.at += 1
        self.at += 1
        return "".join(kept)

    def _escaped(self) -> str:
        character = self.text[self.at]
        self.at += 1
        if character == "u":
            code = self.text[self.at : self.at + 4]
            self.at += 4
            return chr(int(code, 16))
        return _ESCAPES.get(character, character)

    def _bare(self) -> JsonValue:
        match = _WORD.match(self.text, self.at)
        if match is None:
            raise ValueError("nothing that could be a value")
        self.at = match.end()
        word = match[0]
        if word.lower() in _LITERALS:
            return _LITERALS[word.lower()]
        try:
            return int(word) if re.fullmatch(r"[+-]?\d+", word) else float(word)
        except ValueError:
            return word


# -- Names -----------------------------------------------------------------------------------------


def plain_key(key: str) -> str:
    """Return `fileType`, `File type` and `file-type` as `file_type`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key.strip())
    return re.sub(r"[\s.-]+", "_", apart).lower()


def unwrapped(value: JsonValue, *, fields: frozenset[str], listed: str) -> JsonValue:
    """Return the document a form is read from, out of a list, or of an object around it.

    `fields` are the form's own; `listed` is the one that holds its list.
    """
    for _ in range(3):
        if isinstance(value, list) and listed:
            return {listed: value}
        if not isinstance(value, Mapping):
            return value
        keys = {plain_key(key) for key in value}
        if keys & fields or len(value) != 1:
            return value
        value = next(iter(value.values()))
    return value


def synonym(value: object, table: Mapping[str, str]) -> object:
    """Return the name that is ours for a word that means it; any other value as it is."""
    if not isinstance(value, str):
        return value
    plain = plain_key(value)
    return table.get(plain, plain if plain in table.values() else value.strip())
