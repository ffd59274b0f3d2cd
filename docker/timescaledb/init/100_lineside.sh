#!/bin/bash
# Run once by the image, as the superuser, when the data folder is made. Only the database, its owner and the two roles
# that the owner may not make himself: tables, policies and rights are made by the program (lineside historian migrate).
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  --set database="${LINESIDE_DATABASE:-lineside}" \
  --set password="$(cat /run/secrets/owner_password)" <<'SQL'
CREATE ROLE lineside LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
CREATE ROLE lineside_read NOLOGIN;
CREATE ROLE lineside_write NOLOGIN;
CREATE DATABASE :"database" OWNER lineside ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO lineside_read, lineside_write;
\connect :"database"
CREATE EXTENSION IF NOT EXISTS timescaledb;
SQL
