"""The candidates of a release: names that writers treat as artists and the registry lacks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from store.lookup_records import Candidate, Evidence
from store.mining import artists_by_key
from store.models import DocumentRow, ReleaseCandidateEvidenceRow, ReleaseCandidateRow
from store.names import registry_key


def candidates(
    connection: Connection, release_id: int, *, min_sources: int = 1, limit: int | None = None
) -> list[Candidate]:
    """Return the candidates of a release, the surest first, but for those that were registered since."""
    row = ReleaseCandidateRow
    columns = (row.name, row.score, row.mentions, row.documents, row.sources, row.first_seen, row.last_seen)
    query = (
        select(*columns)
        .where(row.release_id == release_id, row.sources >= min_sources)
        .order_by(row.score.desc(), row.name)
    )
    found = connection.execute(query).all()
    known = artists_by_key(connection, {registry_key(each.name) for each in found})
    kept = [each for each in found if registry_key(each.name) not in known][:limit]
    evidence = _evidence(connection, release_id, [each.name for each in kept])
    return [Candidate(*each, evidence=tuple(evidence.get(each.name, ()))) for each in kept]


def _evidence(connection: Connection, release_id: int, names: Sequence[str]) -> dict[str, list[Evidence]]:
    row = ReleaseCandidateEvidenceRow
    quote = func.substr(DocumentRow.text, row.start + 1, row.end - row.start)
    query = (
        select(row.name, quote, DocumentRow.url, DocumentRow.title, DocumentRow.source, DocumentRow.published)
        .join(DocumentRow, DocumentRow.id == row.document_id)
        .where(row.release_id == release_id, row.name.in_(names))
        .order_by(row.name, DocumentRow.url, row.start)
    )
    found: dict[str, list[Evidence]] = {}
    for name, *each in connection.execute(query):
        found.setdefault(name, []).append(Evidence(*each))
    return found
