#!/bin/bash
# Writes the whole database into one file of backups/, which restore.sh takes. The server goes on working meanwhile.
# usage: ./backup.sh [how many backups to keep, 14 by default]
set -euo pipefail
cd "$(dirname "$0")"

keep="${1:-14}"
if ! [[ "$keep" =~ ^[1-9][0-9]*$ ]]; then
  echo "usage: $0 [how many backups to keep]" >&2
  exit 2
fi
umask 077
mkdir -p backups
file="backups/lineside-$(date -u +%Y%m%dT%H%M%SZ).dump"

# Into a name that restore.sh does not take, until it is whole.
trap 'rm -f "$file.part"' EXIT
docker compose exec -T timescaledb sh -c 'pg_dump -U postgres -Fc "$LINESIDE_DATABASE"' >"$file.part"
docker compose exec -T timescaledb pg_restore --list <"$file.part" >/dev/null
sync "$file.part"
mv "$file.part" "$file"
echo "$file ($(du -h "$file" | cut -f1))"

find backups -maxdepth 1 -name 'lineside-*.dump' | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
  rm -- "$old"
  echo "removed $old"
done
