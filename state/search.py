"""What the workspace can be searched for: entries with where they come from. Folding is the same for every store."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Literal

from podium.state.document import Document

EntryKind = Literal["agent", "run", "row", "file", "turn"]
MOST_TEXT = 4000
"""Characters of one entry that are looked at."""


class Entry(Document):
    """One thing that can be found, and what to cite for it."""

    kind: EntryKind
    ref: str
    """What it is, within its kind; indexed again, it replaces itself."""
    agent: str = ""
    run_id: str = ""
    thread_id: str = ""
    step: str = ""
    at: datetime
    title: str
    text: str

    @property
    def folded(self) -> str:
        """What is searched: the title and the text."""
        return fold(f"{self.title} {self.text}"[:MOST_TEXT])


def fold(text: str) -> str:
    """Return the words of the text as they are compared: case and accents folded, signs to spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", bare))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words that are searched for, each once."""
    return tuple(dict.fromkeys(fold(text).split()))
