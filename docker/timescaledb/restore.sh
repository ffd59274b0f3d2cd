#!/bin/bash
# Brings a backup back into a database that must not exist yet: nothing is ever written over. Stop the gateways first, or
# point them at the new name afterwards.
# usage: ./restore.sh backups/lineside-….dump NEW_DATABASE
set -euo pipefail
cd "$(dirname "$0")"

if [ $# -ne 2 ] || [ ! -s "$1" ] || ! [[ "$2" =~ ^[a-z_][a-z0-9_]*$ ]]; then
  echo "usage: $0 FILE NEW_DATABASE   (a name of small letters, digits and _)" >&2
  exit 2
fi
file="$1"
database="$2"
run() { docker compose exec -T timescaledb "$@"; }
ask() { run psql -U postgres --set ON_ERROR_STOP=1 -d "$1" -Atc "$2"; }

if [ "$(ask postgres "SELECT count(*) FROM pg_database WHERE datname = '$database'")" != 0 ]; then
  echo "there is a database $database already; name another, or drop that one yourself" >&2
  exit 1
fi
ask postgres "CREATE DATABASE \"$database\" OWNER lineside TEMPLATE template0"
# The version of the extension must be that of the backup; TimescaleDB says so itself when it is not.
ask "$database" 'CREATE EXTENSION timescaledb'
ask "$database" 'SELECT timescaledb_pre_restore()'
# pg_restore tells of the extension's own tables, which are there already; what is wrong shows in the counts below.
status=0
run pg_restore -U postgres --no-tablespaces -d "$database" <"$file" || status=$?
ask "$database" 'SELECT timescaledb_post_restore()'
ask postgres "REVOKE ALL ON DATABASE \"$database\" FROM PUBLIC"
ask postgres "GRANT CONNECT ON DATABASE \"$database\" TO lineside_read, lineside_write"
version="$(ask "$database" 'SELECT max(version) FROM schema_version')"
chunks="$(ask "$database" "SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_name = 'telemetry'")"
echo "database $database: schema version $version, $chunks chunks of telemetry (pg_restore ended with $status)"
exit "$status"
