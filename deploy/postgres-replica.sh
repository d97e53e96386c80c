#!/bin/sh
# Copies the primary where there is no data yet, then follows it. Its slot on the primary keeps what it has not read. To have it copied anew: stop it,
# remove its volume, start it.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  export PGHOST=primary PGUSER=replicator PGPASSWORD="$REPLICATION_PASSWORD"
  # the slot of a copy that was broken off, or of a volume that is gone
  psql --no-psqlrc --dbname postgres --command "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = 'replica'"
  # copied beside its place: half a copy is never taken for a database
  rm -rf "$PGDATA.part"
  mkdir -p "$PGDATA.part"
  chmod 700 "$PGDATA.part"
  pg_basebackup --pgdata "$PGDATA.part" --wal-method stream --create-slot --slot replica --write-recovery-conf --checkpoint fast
  mv -T "$PGDATA.part" "$PGDATA"
  unset PGHOST PGUSER PGPASSWORD
fi

exec docker-entrypoint.sh postgres "$@"
