-- Words that mean the same to a search, and by what phrases a search knows people, places and synonyms.

create table synonyms (
  id text collate "C" primary key,
  from_term text collate "C",
  terms json not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  version integer not null
);

create table known_phrases (
  key text collate "C" not null,
  kind text collate "C" not null,
  entity_id text collate "C" not null,
  primary key (key, kind, entity_id)
);
create index known_phrases_entity on known_phrases (entity_id);
