#!/bin/bash
# Makes the passwords that are missing, each of 32 random bytes. Keeps the ones that are there.
set -euo pipefail
cd "$(dirname "$0")"

umask 077
mkdir -p secrets
for name in superuser_password owner_password pgadmin_password; do
  if [ ! -s "secrets/$name" ]; then
    head -c 32 /dev/urandom | base64 | tr -d '\n=+/' >"secrets/$name"
    echo "made secrets/$name"
  fi
  # Read inside the containers by users that do not exist here; the folder keeps others out.
  chmod 644 "secrets/$name"
done
