-- The role of the service; `linernotes grant linernotes_reader --for lookups` then says what it may read. Run as a role
-- that may create roles, again whenever the password changes: psql -v password=… -f reader.sql
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE linernotes_reader LOGIN' WHERE NOT EXISTS (
    SELECT FROM pg_roles WHERE rolname = 'linernotes_reader'
) \gexec
ALTER ROLE linernotes_reader PASSWORD :'password';
-- No right to write is what keeps it from writing; these say so earlier, and end what takes too long.
ALTER ROLE linernotes_reader SET default_transaction_read_only = on;
ALTER ROLE linernotes_reader SET statement_timeout = '60s';
