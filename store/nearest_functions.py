"""The SQL functions with which analysts ask PostgreSQL for the nearest artists.

They run with the rights of their owner, so that a role that may read views alone can call them, and answer
from the release that is published in the snapshot of the caller. Like views they are code, not data: every
migration drops them first and creates them last. Nobody but the owner may call them until it is granted.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from store.nearest import MOST_DIMENSIONS, OLDEST_PGVECTOR, PREFIX, pgvector_version, statement

NAMES: Final = ("nearest_artists", "nearest_to")
SIGNATURES: Final = ("nearest_artists(bigint, integer)", "nearest_to(vector, integer)")
# How many artists of the graph are looked at: the larger, the surer and the slower. On 12,006 mined artists
# of 300 dimensions, 40, 100, 200 and 400 find .989, .993, .996 and .997 of the first ten, in .8, .9, 1.5 and
# 3.5 ms.
SEARCHED: Final = 200
# By how many more than asked for the index is asked, since it compares in half precision.
_SPARE: Final = 10
# An index is always worth it when this small a share of the artists is asked for; else the planner decides.
_FEWER_THAN_ONE_IN: Final = 20

# An older pgvector refuses settings that it does not know; it has no index of ours either.
_SETTINGS: Final = f"SET hnsw.ef_search = {SEARCHED} SET hnsw.iterative_scan = strict_order"

_ROWS = "TABLE (artist_id bigint, mbid varchar, artist text, rank integer, similarity double precision)"

_NEAREST_TO = f"""
CREATE FUNCTION nearest_to(wanted vector, k integer DEFAULT 10) RETURNS {_ROWS}
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
SET search_path = {{path}} SET enable_sort = on {{settings}}
AS $function$
DECLARE
    release bigint;
    length integer;
    indexed text := '';
BEGIN
    SELECT p.release_id INTO release FROM published_release p;
    SELECT v.dimensions INTO length FROM release_vectors v WHERE v.release_id = release LIMIT 1;
    IF length IS NULL OR k < 1 THEN
        RETURN;
    END IF;
    IF vector_dims(wanted) <> length THEN
        RAISE 'the vectors of the published release have % dimensions, not %', length, vector_dims(wanted);
    END IF;
    IF length <= {MOST_DIMENSIONS} AND to_regclass('{PREFIX}' || release) IS NOT NULL THEN
        indexed := format('::halfvec(%s)', length);
        PERFORM set_config('hnsw.ef_search', least(greatest({SEARCHED}, 2 * k), 1000)::text, true);
        -- Long vectors lie outside the table, which the planner forgets: it would compare and sort them all.
        IF k < (SELECT r.artists FROM releases r WHERE r.id = release) / {_FEWER_THAN_ONE_IN} THEN
            PERFORM set_config('enable_sort', 'off', true);
        END IF;
    END IF;
    RETURN QUERY EXECUTE format($statement$
        SELECT a.id, a.mbid, a.name, (row_number() OVER (ORDER BY n.distance, a.id))::integer,
               greatest(0, least(1, -n.distance))
        FROM ({statement("%1$s", "%2$s")}) n JOIN artists a ON a.id = n.artist_id
        ORDER BY n.distance, a.id LIMIT $3
    $statement$, release, indexed) USING wanted, k + {_SPARE}, k;
END
$function$
"""  # noqa: S608 - only constants are put in

_NEAREST_ARTISTS = f"""
CREATE FUNCTION nearest_artists(seed bigint, k integer DEFAULT 10) RETURNS {_ROWS}
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = {{path}}
AS $function$
#variable_conflict use_column
DECLARE
    release bigint := (SELECT p.release_id FROM published_release p);
    kept_apart bigint[] := array(
        SELECT CASE WHEN o.artist_id = seed THEN o.other_id ELSE o.artist_id END
        FROM release_overrides o
        WHERE o.release_id = release AND o.kind = 'forbid' AND seed IN (o.artist_id, o.other_id)
    ) || seed;
BEGIN
    RETURN QUERY
    SELECT n.artist_id, n.mbid, n.artist, (row_number() OVER (ORDER BY n.rank))::integer, n.similarity
    FROM release_vectors v CROSS JOIN LATERAL nearest_to(v.vector, k + cardinality(kept_apart)) n
    WHERE v.release_id = release AND v.artist_id = seed AND n.artist_id <> ALL (kept_apart)
    ORDER BY n.rank LIMIT greatest(k, 0);
END
$function$
"""  # noqa: S608 - only constants are put in

_COMMENTS: Final = {
    SIGNATURES[0]: "The k artists nearest to an artist in the published release, the nearest first",
    SIGNATURES[1]: "The k artists nearest to a vector in the published release, the nearest first",
}


def create_functions(connection: Connection) -> None:
    """Create the functions, on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return
    path = _search_path(connection)
    settings = _SETTINGS if pgvector_version(connection) >= OLDEST_PGVECTOR else ""
    for definition in (_NEAREST_TO, _NEAREST_ARTISTS):
        filled = definition.replace("{path}", path).replace("{settings}", settings)
        connection.exec_driver_sql(filled.replace("%", "%%"))
    for signature, comment in _COMMENTS.items():
        connection.execute(text(f"COMMENT ON FUNCTION {signature} IS '{comment}'"))
        connection.execute(text(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC"))


def drop_functions(connection: Connection) -> None:
    """Drop the functions that exist; an empty database has neither them nor the type of vectors."""
    if connection.dialect.name != "postgresql":
        return
    query = (
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE proname = ANY (:names) AND pronamespace = current_schema()::regnamespace"
    )
    for signature in connection.scalars(text(query), {"names": list(NAMES)}).all():
        connection.execute(text(f"DROP FUNCTION {signature}"))


def _search_path(connection: Connection) -> str:
    """The schemas of our tables and of pgvector; what a caller puts into others cannot get in between."""
    query = (
        "SELECT string_agg(DISTINCT quote_ident(nspname), ', ') FROM pg_namespace"
        " WHERE nspname = current_schema()"
        " OR oid = (SELECT extnamespace FROM pg_extension WHERE extname = 'vector')"
    )
    return f"{connection.execute(text(query)).scalar_one()}, pg_temp"
