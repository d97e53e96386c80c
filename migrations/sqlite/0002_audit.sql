-- Who did what; answers that are given again; what was merged; what is due.

create table audit (
  number integer primary key autoincrement,
  at text not null,
  key_id text,
  request_id text,
  action text not null,
  kind text not null,
  entity_id text not null,
  details text
);
create index audit_entity on audit (entity_id, number);
create index audit_key on audit (key_id, number);
create index audit_at on audit (at, number);

create table replays (
  caller text not null,
  key text not null,
  fingerprint text not null,
  at text not null,
  status integer not null,
  version integer not null,
  headers text not null,
  body text,
  primary key (caller, key)
);
create index replays_at on replays (at);

create table merges (
  id text primary key not null,
  kind text not null,
  into_id text not null,
  source_name text,
  source_external_id text,
  at text not null
);
create index merges_into on merges (into_id);
create unique index merges_source on merges (kind, source_name, source_external_id);

create index articles_publish_at on articles (publish_at, id) where publish_at is not null;
create index articles_unpublish_at on articles (unpublish_at, id) where unpublish_at is not null;
