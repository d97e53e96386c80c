#!/bin/sh
# Run once by the image of PostgreSQL, on a server with an empty folder of data: a database whose owner is no superuser, and a role that may copy it.
# \getenv takes the passwords, so that no list of processes shows them.
psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv database_password DATABASE_PASSWORD
\getenv replication_password REPLICATION_PASSWORD
create role dateline login password :'database_password';
create database dateline owner dateline template template0 encoding 'UTF8' locale 'C';
create role replicator replication login password :'replication_password';
SQL
echo 'host replication replicator all scram-sha-256' >> "$PGDATA/pg_hba.conf"
