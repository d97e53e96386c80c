-- Words that mean the same to a search, and by what phrases a search knows people, places and synonyms.

create table synonyms (
  id text primary key not null,
  from_term text,
  terms text not null,
  created_at text not null,
  updated_at text not null,
  version integer not null
);

create table known_phrases (
  key text not null,
  kind text not null,
  entity_id text not null,
  primary key (key, kind, entity_id)
);
create index known_phrases_entity on known_phrases (entity_id);
