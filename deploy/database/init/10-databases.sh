#!/usr/bin/env bash
# Five databases, each owned by a role of its own that row-level security holds: NOSUPERUSER, NOBYPASSRLS.
# Run by the image on the first start, and by hand after a service was added: what is there already stays as it is.
set -euo pipefail

sql() {
    psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" "$@"
}

# Only a superuser can create the extension; from template1 every database gets it.
sql --dbname template1 -c 'CREATE EXTENSION IF NOT EXISTS vector'

database() {
    local name="gc_$1" password="$2"
    # psql quotes the values: a password may hold any character.
    sql --dbname postgres -v name="$name" -v password="$password" <<'SQL'
SELECT format('CREATE ROLE %I', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD %L', :'name', :'password') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SELECT format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', :'name') \gexec
SQL
}

database channel "${GC_CHANNEL_DB_PASSWORD:?}"
database ai "${GC_AI_DB_PASSWORD:?}"
database case "${GC_CASE_DB_PASSWORD:?}"
database notification "${GC_NOTIFICATION_DB_PASSWORD:?}"
database dashboard "${GC_DASHBOARD_DB_PASSWORD:?}"
