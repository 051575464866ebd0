"""Files that runs produce: kept under names people can read, known by their content.

In the data folder: `files/AGENT/NAME` for people, `blobs/AB/SHA256` as the spare copy by content (the same bytes on disk as
the first file that had them), `evidence/RUN/ID.KIND` for screenshots and page dumps.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Protocol

from podium.state.clock import Clock
from podium.state.document import Document
from podium.state.errors import NotFound, UserError
from podium.state.filenames import numbered, safe_name
from podium.state.folders import Content, Draft, Folder
from podium.state.ids import IdFactory
from podium.state.runs import ArtifactRef
from podium.state.shelf import Shelf

_EVIDENCE_KINDS = frozenset({"png", "jpg", "html", "json"})
_EVIDENCE_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


class KeptFile(Document):
    """A kept file as the index knows it."""

    agent: str
    asked_name: str
    """The name it should have had; another file may have had it first."""
    name: str
    path: str
    """Relative to the data folder."""
    sha256: str
    bytes: int
    run_id: str
    item: str = ""
    created_at: datetime


class FileLink(Document):
    """The file that belongs to a row, and the row as it was then."""

    agent: str
    step_id: str
    item: str
    path: str
    sha256: str
    row_hash: str


class ArtifactIndex(Protocol):
    """What is kept where. Adapters: `podium.state.sql.artifacts`, `podium.state.memory`."""

    def add(self, file: KeptFile) -> None:
        """Keep the entry, replacing the one of the same agent, asked name and content."""
        ...

    def find(self, *, agent: str, asked_name: str, sha256: str) -> KeptFile | None:
        """Return the entry of that content under that name."""
        ...

    def at(self, path: str) -> KeptFile | None:
        """Return the newest entry of that path, relative to the data folder."""
        ...

    def list(self, *, agent: str | None = None) -> tuple[KeptFile, ...]:
        """Return entries, newest first."""
        ...

    def link(self, link: FileLink) -> None:
        """Keep the link, replacing the one of that row."""
        ...

    def linked(self, *, agent: str, step_id: str, item: str) -> FileLink | None:
        """Return the link of that row."""
        ...

    def add_evidence(self, evidence_id: str, *, run_id: str, path: str, at: datetime) -> None:
        """Remember where a screenshot or dump lies."""
        ...

    def evidence(self, evidence_id: str) -> str | None:
        """Return where it lies, relative to the data folder."""
        ...


class FolderArtifacts:
    """The `ArtifactStore` on a folder and an index."""

    def __init__(
        self,
        root: Path,
        index: ArtifactIndex,
        *,
        ids: IdFactory,
        clock: Clock,
        shelf: Shelf | None = None,
    ) -> None:
        self._folder = Folder(root)
        self._index = index
        self._shelf = shelf
        """Holds all files for all machines, in place of the spare copies; the folder has those that were used here."""
        self._ids = ids
        self._clock = clock

    def keep(
        self, source: Path, *, agent: str, name: str, run_id: str, item: str = ""
    ) -> ArtifactRef:
        """Move the file in; the same content under the same name is kept once (`known`).

        A different file of the same name becomes `NAME (2)`.

        Raises:
            NotFound: If there is no such file.
            NotPermitted: If it is a link or no plain file.
            SetupError: If the disk does not take it.
        """
        asked = safe_name(name)
        with self._folder.draft(source) as draft:
            content = draft.content
            kept = self._index.find(agent=agent, asked_name=asked, sha256=content.sha256)
            known = kept is not None and self._is_kept(kept, content)
            if kept is None or not known:
                path = self._place(draft, ("files", safe_name(agent)), asked)
                self._spare(draft)
                kept = KeptFile(
                    agent=agent,
                    asked_name=asked,
                    name=path[-1],
                    path="/".join(path),
                    sha256=content.sha256,
                    bytes=content.bytes,
                    run_id=run_id,
                    item=item,
                    created_at=self._clock.now(),
                )
                self._index.add(kept)
        source.unlink(missing_ok=True)
        return self._ref(kept, known=known, item=item)

    def find(self, *, agent: str, item: str, step_id: str) -> ArtifactRef | None:
        """Return the file kept for that row, if its bytes are still there and intact.

        A file that was removed comes back from its spare copy.
        """
        link = self._index.linked(agent=agent, step_id=step_id, item=item)
        if link is None:
            return None
        path = _parts(link.path)
        content = self._folder.content(path) or self._restore(link.sha256, path)
        if content is None or content.sha256 != link.sha256:
            return None
        return ArtifactRef(
            name=path[-1],
            path=self._absolute(link.path),
            sha256=content.sha256,
            bytes=content.bytes,
            known=True,
            item=item,
        )

    def link(self, ref: ArtifactRef, *, agent: str, item: str, step_id: str, row_hash: str) -> None:
        """Remember that the file belongs to the row as it is now.

        Raises:
            UserError: If the file is not one of this store.
        """
        try:
            relative = Path(ref.path).relative_to(self._folder.root.absolute())
        except ValueError as error:
            raise UserError(f"{ref.name!r} is not kept in the data folder") from error
        self._index.link(
            FileLink(
                agent=agent,
                step_id=step_id,
                item=item,
                path=relative.as_posix(),
                sha256=ref.sha256,
                row_hash=row_hash,
            )
        )

    def row_hash(self, *, agent: str, item: str, step_id: str) -> str:
        """Return the hash of the row when its file was kept; empty when there is none."""
        link = self._index.linked(agent=agent, step_id=step_id, item=item)
        return "" if link is None else link.row_hash

    def list(self, *, agent: str | None = None) -> tuple[ArtifactRef, ...]:
        """Return kept files, newest first."""
        return tuple(
            self._ref(kept, known=True, item=kept.item) for kept in self._index.list(agent=agent)
        )

    def evidence(self, data: bytes, *, kind: str, run_id: str) -> str:
        """Keep a screenshot (`png`, `jpg`) or dump (`html`, `json`) of a run and return its id.

        Raises:
            UserError: If the kind is another.
            SetupError: If the disk does not take it.
        """
        if kind not in _EVIDENCE_KINDS:
            raise UserError(
                f"{kind!r} is no kind of evidence: {', '.join(sorted(_EVIDENCE_KINDS))}"
            )
        evidence_id = self._ids.new("ev")
        path = ("evidence", safe_name(run_id), f"{evidence_id}.{kind}")
        self._folder.write(data, path)
        if self._shelf is not None:
            sha256 = hashlib.sha256(data).hexdigest()
            self._shelf.name("/".join(path), sha256)
            self._shelf.put(sha256, (data,))
        self._index.add_evidence(
            evidence_id, run_id=run_id, path="/".join(path), at=self._clock.now()
        )
        return evidence_id

    def evidence_path(self, evidence_id: str) -> Path:
        """Return where it lies.

        Raises:
            NotFound: When there is none of that id, or its file is gone.
        """
        found = self._index.evidence(evidence_id) if _EVIDENCE_ID.fullmatch(evidence_id) else None
        if found is None or (
            self._folder.content(_parts(found)) is None and not self._fetched(found)
        ):
            raise NotFound(f"There is no evidence {evidence_id!r}")
        return Path(self._absolute(found))

    def at_hand(self, ref: ArtifactRef) -> Path:
        """Return where the file's bytes lie on this machine, fetched when they were kept on another one.

        Raises:
            NotFound: When they are gone, or others lie there now.
        """
        path = Path(ref.path)
        with suppress(ValueError):
            parts = path.relative_to(self._folder.root.absolute()).parts
            content = self._folder.content(parts) or self._restore(ref.sha256, parts)
            if content is not None and content.sha256 == ref.sha256:
                return path
            if content is not None:
                raise NotFound(f"The file {ref.name!r} was changed after it was kept")
        raise NotFound(f"The file {ref.name!r} is gone")

    def forget_evidence(self, paths: Sequence[str]) -> None:
        """Remove screenshots and dumps by where they lie, relative to the data folder."""
        for path in paths:
            Path(self._absolute(path)).unlink(missing_ok=True)
        if self._shelf is not None:
            self._shelf.forget(paths)

    def _is_kept(self, kept: KeptFile, content: Content) -> bool:
        path = _parts(kept.path)
        if self._folder.content(path) == content:
            return self._shelf is None or self._shelf.holds(kept.sha256)
        return self._shelf is not None and self._fetched(kept.path)

    def _fetched(self, path: str) -> bool:
        """Return whether the shelf had the file; it lies in the folder then."""
        sha256 = self._shelf.named(path) if self._shelf is not None else None
        return sha256 is not None and self._restore(sha256, _parts(path)) is not None

    def _place(self, draft: Draft, folder: tuple[str, ...], asked: str) -> tuple[str, ...]:
        for number in count(1):
            path = (*folder, numbered(asked, number))
            if self._shelf is not None:
                free = self._is_free(path, draft.content)
                if not free or not self._shelf.name("/".join(path), draft.content.sha256):
                    continue
                self._lay(draft, path)
                return path
            if self._folder.name_draft(draft, path) or self._folder.content(path) == draft.content:
                return path
        raise AssertionError  # pragma: no cover  `count` does not end

    def _is_free(self, path: tuple[str, ...], content: Content) -> bool:
        """Return whether no other file has the path: one may be older than the shelf, or lie on this machine alone."""
        kept = self._index.at("/".join(path))
        return (kept is None or kept.sha256 == content.sha256) and (
            self._folder.content(path) in {None, content}
        )

    def _lay(self, draft: Draft, path: tuple[str, ...]) -> None:
        """Put the file where the shelf says that it lies, in place of what lies there on this machine."""
        if not self._folder.name_draft(draft, path) and self._folder.content(path) != draft.content:
            self._folder.remove(path)
            self._folder.name_draft(draft, path)

    def _spare(self, draft: Draft) -> None:
        if self._shelf is not None:
            self._shelf.put(draft.content.sha256, self._folder.chunks(draft))
            return
        blob = _blob(draft.content.sha256)
        if self._folder.name_draft(draft, blob) or self._folder.content(blob) == draft.content:
            return
        # Someone edited the file that shares its bytes with the spare copy.
        self._folder.remove(blob)
        self._folder.name_draft(draft, blob)

    def _restore(self, sha256: str, path: tuple[str, ...]) -> Content | None:
        if self._shelf is not None:
            return self._from_shelf(self._shelf, sha256, path)
        spare = self._folder.content(_blob(sha256))
        if spare is None or spare.sha256 != sha256:
            return None
        with self._folder.draft(self._folder.root.joinpath(*_blob(sha256))) as draft:
            self._folder.name_draft(draft, path)
        return self._folder.content(path)

    def _from_shelf(self, shelf: Shelf, sha256: str, path: tuple[str, ...]) -> Content | None:
        if not shelf.holds(sha256):
            return None
        with self._folder.draft_of(shelf.chunks(sha256)) as draft:
            if draft.content.sha256 != sha256:
                return None
            self._lay(draft, path)
        return self._folder.content(path)

    def _ref(self, kept: KeptFile, *, known: bool, item: str) -> ArtifactRef:
        return ArtifactRef(
            name=kept.name,
            path=self._absolute(kept.path),
            sha256=kept.sha256,
            bytes=kept.bytes,
            known=known,
            item=item,
        )

    def _absolute(self, path: str) -> str:
        return str(self._folder.root.absolute().joinpath(*_parts(path)))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def _blob(sha256: str) -> tuple[str, ...]:
    return ("blobs", sha256[:2], sha256)
