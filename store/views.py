"""The views that consumers read: the database's public face.

A view is code, not data: every migration drops the views first and recreates them last, from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view: its name, the SQL behind it, and what it means."""

    name: str
    sql: str
    comment: str


@dataclass(frozen=True, slots=True)
class View:
    """One view of the contract."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    source: str


_PUBLISHED = "(SELECT release_id FROM published_release WHERE id = 1)"
_ARTIST = (
    Column("artist_id", "a.id", "Number of the artist in this database"),
    Column("artist", "a.name", "Name of the artist"),
)
_ARTIST_WITH_MBID = (
    _ARTIST[0],
    Column("mbid", "a.mbid", "MusicBrainz identifier, when known"),
    _ARTIST[1],
)

_ORIGIN = (
    Column("url", "o.url", "Where it stands"),
    Column("title", "o.title", "Title of that text"),
    Column("source", "o.source", "Host or collection of that text"),
    Column("published", "o.published", "Day of publication, when known"),
)

VIEWS: tuple[View, ...] = (
    View(
        "artist_descriptors",
        "What artists are described with, in the published release",
        (
            *_ARTIST_WITH_MBID,
            Column("term", "t.term", "The descriptor, lower-cased"),
            Column("kind", "t.kind", "n1, n2, n3 (words in a row), np (noun phrase) or adj (adjective)"),
            Column("facet", "t.facet", "genre, mood, instrument, era, place, theme or other"),
            Column("weight", "d.weight", "0 to 1; comparable between artists"),
            Column("frequency", "d.frequency", "Occurrences in text about the artist"),
            Column("documents", "d.documents", "Documents that use it about the artist"),
            Column("sources", "d.sources", "Independent sources (hosts or collections) that do"),
            Column("first_seen", "d.first_seen", "Day of the earliest publication that does, when known"),
            Column("last_seen", "d.last_seen", "Day of the latest publication that does, when known"),
            Column("inferred", "d.inferred", "True when only texts about the most similar artists say so"),
        ),
        "release_descriptors d"
        " JOIN release_terms t ON t.release_id = d.release_id AND t.term_id = d.term_id"
        f" JOIN artists a ON a.id = d.artist_id WHERE d.release_id = {_PUBLISHED}",
    ),
    View(
        "similar_artists",
        "Similar artists, in the published release",
        (
            *_ARTIST,
            Column("similar_artist_id", "b.id", "Number of the similar artist"),
            Column("similar_artist", "b.name", "Name of the similar artist"),
            Column("rank", "n.rank", "1 is the nearest"),
            Column("similarity", "n.similarity", "0 to 1"),
        ),
        "release_neighbours n JOIN artists a ON a.id = n.artist_id JOIN artists b ON b.id = n.neighbour_id"
        f" WHERE n.release_id = {_PUBLISHED}",
    ),
    View(
        "descriptor_evidence",
        "Sentences in which an artist is described with a term, in the published release",
        (
            *_ARTIST,
            Column("term", "t.term", "The descriptor"),
            Column("quote", 'substr(o.text, e.start + 1, e."end" - e.start)', "The sentence"),
            *_ORIGIN,
        ),
        "release_evidence e"
        " JOIN release_terms t ON t.release_id = e.release_id AND t.term_id = e.term_id"
        " JOIN artists a ON a.id = e.artist_id JOIN documents o ON o.id = e.document_id"
        f" WHERE e.release_id = {_PUBLISHED}",
    ),
    View(
        "artist_activity",
        "How much was written about artists, week by week, in the published release",
        (
            *_ARTIST,
            Column("week", "v.week", "Monday of the week"),
            Column("documents", "v.documents", "Documents about the artist published in the week"),
            Column("sources", "v.sources", "Independent sources that published them"),
            Column("familiarity", "v.familiarity", "0 to 1: how widely written about, up to that week"),
            Column("buzz", "v.buzz", "0 to 1: how much more than usual was written in that week"),
        ),
        f"release_activity v JOIN artists a ON a.id = v.artist_id WHERE v.release_id = {_PUBLISHED}",
    ),
    View(
        "artist_vectors",
        "One vector for each artist, in the published release; their dot product is the similarity",
        (
            *_ARTIST_WITH_MBID,
            Column("dimensions", "v.dimensions", "Length of the vector"),
            Column("vector", "v.vector", "float32, little-endian (SQLite) or pgvector (PostgreSQL)"),
        ),
        f"release_vectors v JOIN artists a ON a.id = v.artist_id WHERE v.release_id = {_PUBLISHED}",
    ),
    View(
        "artist_summary",
        "How much is known of each artist, in the published release",
        (
            *_ARTIST_WITH_MBID,
            Column("words", "s.words", "Words of text about the artist"),
            Column("documents", "s.documents", "Documents about the artist"),
            Column("sources", "s.sources", "Independent sources (hosts or collections) of them"),
            Column("familiarity", "s.familiarity", "0 to 1: how widely written about"),
            Column("buzz", "s.buzz", "0 to 1: how much more than usual was written lately"),
        ),
        f"release_artists s JOIN artists a ON a.id = s.artist_id WHERE s.release_id = {_PUBLISHED}",
    ),
    View(
        "artist_comparisons",
        "Sentences in which writers compare an artist with another, in the published release",
        (
            *_ARTIST,
            Column("compared_artist_id", "b.id", "Number of the artist it is compared with"),
            Column("compared_artist", "b.name", "Name of the artist it is compared with"),
            Column("quote", 'substr(o.text, c.start + 1, c."end" - c.start)', "The sentence"),
            *_ORIGIN,
        ),
        "release_comparisons c JOIN artists a ON a.id = c.artist_id JOIN artists b ON b.id = c.other_id"
        f" JOIN documents o ON o.id = c.document_id WHERE c.release_id = {_PUBLISHED}",
    ),
    View(
        "term_activity",
        "How often descriptors were used about artists, week by week, in the published release",
        (
            *_ARTIST,
            Column("term", "t.term", "The descriptor"),
            Column("facet", "t.facet", "genre, mood, instrument, era, place, theme or other"),
            Column("week", "w.week", "Monday of the week"),
            Column("documents", "w.documents", "Documents of that week that use it about the artist"),
            Column("sources", "w.sources", "Independent sources of that week that do"),
        ),
        "release_term_weeks w"
        " JOIN release_terms t ON t.release_id = w.release_id AND t.term_id = w.term_id"
        f" JOIN artists a ON a.id = w.artist_id WHERE w.release_id = {_PUBLISHED}",
    ),
    View(
        "artist_candidates",
        "Names that writers treat as artists and the registry lacks, in the published release",
        (
            Column("name", "n.name", "The name as most often written"),
            Column("score", "n.score", "0 to 1: how surely it names an artist"),
            Column("mentions", "n.mentions", "How often it is written"),
            Column("documents", "n.documents", "Documents that name it"),
            Column("sources", "n.sources", "Independent sources (hosts or collections) that do"),
            Column("first_seen", "n.first_seen", "Day of the earliest publication that does, when known"),
            Column("last_seen", "n.last_seen", "Day of the latest publication that does, when known"),
        ),
        f"release_candidates n WHERE n.release_id = {_PUBLISHED}",
    ),
    View(
        "candidate_evidence",
        "Sentences that name a candidate, in the published release",
        (
            Column("name", "e.name", "The candidate"),
            Column("quote", 'substr(o.text, e.start + 1, e."end" - e.start)', "The sentence"),
            *_ORIGIN,
        ),
        "release_candidate_evidence e JOIN documents o ON o.id = e.document_id"
        f" WHERE e.release_id = {_PUBLISHED}",
    ),
    View(
        "applied_overrides",
        "Editors' overrides, and what each did in the published release",
        (
            Column("number", "v.number", "Place in the file, from 1"),
            Column("kind", "v.kind", "alias, unlink, block_term, rename_term, pin or forbid"),
            Column("subject", "v.subject", "The artist or the term it is about"),
            Column("object", "v.object", "The other artist, name, term or URL, if any"),
            Column("note", "v.note", "Why, as the editor says"),
            Column("applied", "v.applied", "Mentions, descriptors or neighbours it changed"),
        ),
        f"release_overrides v WHERE v.release_id = {_PUBLISHED}",
    ),
    View(
        "artist_map",
        "Where artists stand on the map of all artists, in the published release",
        (
            *_ARTIST_WITH_MBID,
            Column("x", "m.x", "From left to right, about -1 to 1"),
            Column("y", "m.y", "From bottom to top, in the same unit"),
            Column("region_id", "m.region_id", "The finest region of map_regions it is in, if any"),
        ),
        f"release_map m JOIN artists a ON a.id = m.artist_id WHERE m.release_id = {_PUBLISHED}",
    ),
    View(
        "map_regions",
        "Neighbourhoods of the map of all artists, in the published release",
        (
            Column("region_id", "g.region_id", "Number of the region in the release"),
            Column("parent_id", "g.parent_id", "The coarser region around it, if any"),
            Column("level", "g.level", "0 for the coarsest regions, 1, or 2 for the finest"),
            Column("label", "g.label", "Its name: two or three terms that tell it apart"),
            Column("x", "g.x", "Where it is densest, from left to right"),
            Column("y", "g.y", "Where it is densest, from bottom to top"),
            Column("artists", "g.artists", "Artists in it"),
        ),
        f"release_regions g WHERE g.release_id = {_PUBLISHED}",
    ),
    View(
        "current_release",
        "The published release",
        (
            Column("release_id", "r.id", "Number of the release"),
            Column("created", "r.created", "When it was made (UTC)"),
            Column("engine", "r.engine", "What made it: local or spark"),
            Column("parameters", "r.parameters", "Methods, parameters and seeds, as JSON"),
            Column("documents", "r.documents", "Documents it rests on"),
            Column("artists", "r.artists", "Artists with a vector"),
            Column("terms", "r.terms", "Distinct descriptor terms"),
            Column("metrics", "r.metrics", "What was measured while making it, as JSON"),
        ),
        f"releases r WHERE r.id = {_PUBLISHED}",
    ),
)


def create_views(connection: Connection) -> None:
    """Create all views, with their comments."""
    for view in VIEWS:
        for statement in statements(view, connection.dialect.name):
            # A text with a colon or a per cent sign must not be read as a bind parameter.
            connection.exec_driver_sql(statement)


def drop_views(connection: Connection) -> None:
    """Drop all views that exist."""
    for view in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")


def statements(view: View, dialect: str) -> list[str]:
    """The SQL that creates `view`; on SQLite, which has no COMMENT, comments stand in the view's text."""
    columns = [f"    {c.sql} AS {c.name}" for c in view.columns]
    if dialect == "sqlite":
        ends = [","] * (len(columns) - 1) + [""]
        commented = zip(columns, ends, view.columns, strict=True)
        lines = [f"{sql}{end}  -- {column.comment}" for sql, end, column in commented]
        body = "\n".join(lines)
        return [f"CREATE VIEW {view.name} AS  -- {view.comment}\nSELECT\n{body}\nFROM {view.source}"]
    body = ",\n".join(columns)
    comments = [_comment(f"COLUMN {view.name}.{c.name}", c.comment) for c in view.columns]
    create = f"CREATE VIEW {view.name} AS\nSELECT\n{body}\nFROM {view.source}"
    return [create, _comment(f"VIEW {view.name}", view.comment), *comments]


def _comment(on: str, text: str) -> str:
    quoted = text.replace("'", "''")
    return f"COMMENT ON {on} IS '{quoted}'"
