"""Measure how well something is done, on labelled cases of this repository: `requests`, `suggestions`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import JsonValue

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

Document = Mapping[str, JsonValue]


def _requests() -> Document:
    from tests.unit.offline.measure import measure  # noqa: PLC0415  needs the path set above

    return measure().document()


def _suggestions() -> Document:
    from tests.unit.suggestions.measure import measure  # noqa: PLC0415  needs the path set above

    return measure().document()


MEASURES: Mapping[str, Callable[[], Document]] = {
    "requests": _requests,
    "suggestions": _suggestions,
}


def main(arguments: list[str]) -> int:
    """Print the figures as a table, or with `--json` as one document."""
    names = [argument for argument in arguments if not argument.startswith("-")]
    if len(names) != 1 or names[0] not in MEASURES:
        print(f"usage: measure.py {'|'.join(MEASURES)} [--json]", file=sys.stderr)
        return 2
    document = MEASURES[names[0]]()
    print(json.dumps(document) if "--json" in arguments else _table(document))
    return 0


def _table(document: Document) -> str:
    lines: list[str] = []
    for name, value in document.items():
        if isinstance(value, dict):
            lines.append(name)
            lines += [f"  {key:14} {_row(part)}" for key, part in value.items()]
        else:
            lines.append(f"{name:16} {value}")
    return "\n".join(lines)


def _row(part: JsonValue) -> str:
    if isinstance(part, dict):
        return "  ".join(f"{name} {value!s:<7}" for name, value in part.items())
    return str(part)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
