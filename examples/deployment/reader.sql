-- The role of the service: it may read, and nothing else. Run as the owner of the database, again whenever the
-- password changes: psql -v password=… -f reader.sql
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE linernotes_reader LOGIN' WHERE NOT EXISTS (
    SELECT FROM pg_roles WHERE rolname = 'linernotes_reader'
) \gexec
ALTER ROLE linernotes_reader PASSWORD :'password';
ALTER ROLE linernotes_reader SET default_transaction_read_only = on;
ALTER ROLE linernotes_reader SET statement_timeout = '60s';
GRANT USAGE ON SCHEMA public TO linernotes_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO linernotes_reader;
-- Tables and views that a later `linernotes init` makes.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO linernotes_reader;
