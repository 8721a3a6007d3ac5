"""Who may read: roles of PostgreSQL that see the views alone, and their rights after a migration.

A migration drops the views and functions and creates them anew, and with them would go every right on them.
So the rights are noted before and granted again after it, and a role that could read everything of a kind may
also read what is new of that kind. Default privileges would not do: they hold for tables as well, texts
included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, text

from store.errors import DatabaseUnusable
from store.models import Base
from store.nearest_functions import NAMES, SIGNATURES
from store.views import VIEWS

Purpose = Literal["views", "lookups"]
PURPOSES: Final[tuple[Purpose, ...]] = ("views", "lookups")

_VIEWS: Final = tuple(view.name for view in VIEWS)
# What `linernotes.open` and `linernotes status` read. Not the pages as fetched, nor the words of the texts.
_LOOKED_UP: Final = (
    "linernotes_version",
    "published_release",
    "releases",
    "artists",
    "artist_aliases",
    "mentions",
    *("sources", "pages", "domains", "job_locks", "job_runs"),
    *(name for name in Base.metadata.tables if name.startswith("release_")),
)
# Of texts, what a quote needs, but not who wrote them; of what was forgotten, only how much it is.
_COLUMNS: Final = {
    "documents": "id, page_id, url, title, source, published, text, words, duplicate_of, thread",
    "mined_documents": "document_id",
    "forgotten": "kind",
}

_ACL = """
SELECT 'TABLE' AS kind, c.relname::text AS object, '' AS columns, a.* FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relkind = 'v' AND c.relname = ANY (:views) AND c.relnamespace = current_schema()::regnamespace
  AND a.grantee <> c.relowner
UNION ALL
SELECT 'TABLE', c.relname::text, quote_ident(t.attname), a.*
FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
WHERE c.relkind = 'v' AND c.relname = ANY (:views) AND c.relnamespace = current_schema()::regnamespace
  AND a.grantee <> c.relowner
UNION ALL
SELECT 'FUNCTION', p.oid::regprocedure::text, '', a.* FROM pg_proc p, aclexplode(p.proacl) a
WHERE p.proname = ANY (:functions) AND p.pronamespace = current_schema()::regnamespace
  AND a.grantee <> p.proowner
"""
_RIGHTS = f"""
SELECT kind, object, columns, privilege_type, is_grantable,
       CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS role
FROM ({_ACL}) AS acl
"""  # noqa: S608 - only constants are put in
# Roles that were granted SELECT on every one of the relations named that are there.
_READERS = """
SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relname = ANY (:names) AND c.relnamespace = current_schema()::regnamespace
  AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
GROUP BY a.grantee
HAVING count(*) = (SELECT count(*) FROM pg_class WHERE relname = ANY (:names)
                   AND relnamespace = current_schema()::regnamespace)
"""


@dataclass(frozen=True, slots=True)
class Rights:
    """What roles may do before a migration: GRANT statements, and who could read all views, or look up."""

    statements: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()


def grant_reading(connection: Connection, role: str, purpose: Purpose) -> list[str]:
    """Let a role read the views and call the functions; for "lookups", also what `linernotes.open` needs.

    Return the statements executed. Raises DatabaseUnusable where there are no roles, or not this one.
    """
    if connection.dialect.name != "postgresql":
        raise DatabaseUnusable("SQLite has no roles; open its file read-only instead, see docs/database.md.")
    query = "SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = :role"
    quoted = connection.scalar(text(query), {"role": role})
    if quoted is None:
        raise DatabaseUnusable(f'The server has no role "{role}"; make it with CREATE ROLE "{role}" LOGIN.')
    return _grant(connection, quoted, purpose)


def note_rights(connection: Connection) -> Rights:
    """Note the rights of others on our views and functions, before these are dropped."""
    if connection.dialect.name != "postgresql":
        return Rights()
    given = connection.execute(text(_RIGHTS), {"views": list(_VIEWS), "functions": list(NAMES)})
    return Rights(
        tuple(_statement(**row) for row in given.mappings()),
        _readers(connection, _VIEWS),
        _readers(connection, _LOOKED_UP),
    )


def restore_rights(connection: Connection, rights: Rights) -> None:
    """Grant again what was noted, and what is new to those who could read all that was there."""
    for statement in rights.statements:
        connection.exec_driver_sql(statement)
    for role in rights.readers:
        _grant(connection, role, "views")
    for role in rights.lookups:
        _grant(connection, role, "lookups")


def _readers(connection: Connection, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(connection.scalars(text(_READERS), {"names": list(names)}).all())


def _statement(
    *, kind: str, object: str, columns: str, privilege_type: str, is_grantable: bool, role: str
) -> str:
    of = f" ({columns})" if columns else ""
    further = " WITH GRANT OPTION" if is_grantable else ""
    return f"GRANT {privilege_type}{of} ON {kind} {object} TO {role}{further}"


def _grant(connection: Connection, role: str, purpose: Purpose) -> list[str]:
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    statements = [
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"GRANT SELECT ON {', '.join(_VIEWS)} TO {role}",
        f"GRANT EXECUTE ON FUNCTION {', '.join(SIGNATURES)} TO {role}",
    ]
    if purpose == "lookups":
        statements += [
            f"GRANT SELECT ON {', '.join(_LOOKED_UP)} TO {role}",
            *(f"GRANT SELECT ({names}) ON {table} TO {role}" for table, names in _COLUMNS.items()),
        ]
    for statement in statements:
        connection.exec_driver_sql(statement)
    return statements
