"""The glossary's words are the code's words."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TERMS = re.findall(r"\*\*([^*]+)\*\*", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))


def test_every_word_of_the_glossary_is_used_in_the_code() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8").casefold()
        for folder in ("state", "tools", "graphs", "server")
        for path in (ROOT / folder).rglob("*.py")
    )
    forms = {term: {term, term.replace(" ", "_"), term.replace(" ", "")} for term in TERMS}

    unused = [
        term for term, spellings in forms.items() if not any(one in code for one in spellings)
    ]

    assert unused == []


def test_no_word_is_explained_twice() -> None:
    assert sorted(set(TERMS)) == sorted(TERMS)
    assert len(TERMS) > 40
