-- Articles, people and places; what articles are filed under; mentions, slugs, revisions, keys; full text and boxes.
-- The columns follow src/db/tables.ts (a test compares them); what no two databases spell alike stands at the end.
-- Kinds and roles have no check: a new kind would rebuild these tables.

create table articles (
  seq integer primary key autoincrement,
  id text not null unique,
  slug text not null unique,
  source_name text,
  source_url text,
  source_external_id text,
  created_at text not null,
  updated_at text not null,
  version integer not null,
  trashed_at text,
  status text not null check (status in ('draft', 'scheduled', 'published', 'archived')),
  title text not null,
  sort_key text not null,
  summary text,
  language text not null,
  section text,
  tags text not null,
  byline text,
  word_count integer not null,
  image text,
  rights text,
  author_ids text not null,
  about_ids text not null,
  person_ids text not null,
  place_ids text not null,
  dateline_place_id text,
  corrections text not null,
  published_at text,
  published_key text not null,
  published_asc_key text not null,
  publish_at text,
  unpublish_at text,
  visible integer not null,
  linked_with integer not null,
  body text not null
);
create unique index articles_source on articles (source_name, source_external_id);
create index articles_visible_published on articles (visible, published_key, id);
create index articles_visible_updated on articles (visible, updated_at, id);
create index articles_visible_title on articles (visible, sort_key, id);
create index articles_status_published on articles (status, published_key, id);
create index articles_published on articles (published_key, id);
create index articles_updated on articles (updated_at, id);
create index articles_title on articles (sort_key, id);
create index articles_rank on articles (seq, visible, published_key, trashed_at);
create index articles_trash on articles (trashed_at, id) where trashed_at is not null;

create table people (
  seq integer primary key autoincrement,
  id text not null unique,
  slug text not null unique,
  source_name text,
  source_url text,
  source_external_id text,
  created_at text not null,
  updated_at text not null,
  version integer not null,
  trashed_at text,
  name text not null,
  sort_key text not null,
  aliases text not null,
  description text,
  country_code text,
  image text,
  wikidata_id text,
  same_as text not null,
  article_count integer not null default 0,
  given_name text,
  family_name text,
  bio text,
  birth_date text,
  death_date text
);
create unique index people_source on people (source_name, source_external_id);
create index people_name on people (sort_key, id);
create index people_updated on people (updated_at, id);
create index people_count on people (article_count, id);
create index people_country on people (country_code, sort_key, id);
create index people_source_name on people (source_name, sort_key, id);
create index people_wikidata on people (wikidata_id, sort_key, id);
create index people_trash on people (trashed_at, id) where trashed_at is not null;

create table places (
  seq integer primary key autoincrement,
  id text not null unique,
  slug text not null unique,
  source_name text,
  source_url text,
  source_external_id text,
  created_at text not null,
  updated_at text not null,
  version integer not null,
  trashed_at text,
  name text not null,
  sort_key text not null,
  aliases text not null,
  description text,
  country_code text,
  image text,
  wikidata_id text,
  same_as text not null,
  article_count integer not null default 0,
  kind text not null check (kind in ('country', 'region', 'city', 'venue', 'facility', 'water', 'other')),
  contained_in_id text,
  container_id text,
  lat real,
  lng real,
  bbox text,
  timezone text,
  population integer,
  population_key integer not null,
  population_asc_key integer not null,
  geonames_id integer
);
create unique index places_source on places (source_name, source_external_id);
create index places_name on places (sort_key, id);
create index places_updated on places (updated_at, id);
create index places_count on places (article_count, id);
create index places_population on places (population_key, id);
create index places_population_asc on places (population_asc_key, id);
create index places_kind on places (kind, sort_key, id);
create index places_country on places (country_code, sort_key, id);
create index places_contained on places (contained_in_id, sort_key, id);
create index places_container on places (container_id);
create index places_source_name on places (source_name, sort_key, id);
create index places_wikidata on places (wikidata_id, sort_key, id);
create index places_geonames on places (geonames_id, sort_key, id);
create index places_trash on places (trashed_at, id) where trashed_at is not null;

create table article_links (
  article_id text not null references articles (id) on delete cascade,
  role text not null,
  value text not null,
  position integer not null,
  visible integer not null,
  published_key text not null,
  primary key (article_id, role, value)
) without rowid;
create index article_links_visible on article_links (role, value, visible, published_key, article_id);
create index article_links_all on article_links (role, value, published_key, article_id);

create table mentions (
  id text primary key not null,
  article_id text not null references articles (id) on delete cascade,
  position integer not null,
  kind text not null,
  entity_id text not null,
  block_id text not null,
  item integer,
  start integer not null,
  end integer not null,
  surface text not null,
  confidence real not null,
  origin text not null check (origin in ('machine', 'editor', 'import')),
  state text not null check (state in ('linked', 'rejected'))
);
create index mentions_article on mentions (article_id, position, id);
create index mentions_entity on mentions (entity_id, article_id);

create table slugs (
  kind text not null,
  slug text not null,
  entity_id text not null,
  current integer not null,
  primary key (kind, slug)
) without rowid;
create index slugs_entity on slugs (entity_id);

create table revisions (
  kind text not null,
  entity_id text not null,
  version integer not null,
  at text not null,
  key_id text,
  request_id text,
  changed text not null,
  state text not null,
  primary key (kind, entity_id, version)
);

create table name_changes (
  number integer primary key autoincrement,
  kind text not null,
  entity_id text not null,
  names text not null,
  at text not null,
  relinked_at text
);
create index name_changes_open on name_changes (relinked_at, number);

create table search_languages (
  language text primary key not null
);

create table keys (
  id text primary key not null,
  name text not null,
  hash text not null,
  scopes text not null,
  created_at text not null,
  expires_at text,
  revoked_at text,
  last_used_at text
);

-- Full text: tokens only, analysed by src/search/analyse.ts. A row stands for seq * 8 + kind (article 0, person 1, place 2).
-- `forms` holds the unstemmed forms that only prefixes ask for; `_` is the border that no phrase crosses.
-- The text comes first, as a term of another column than the first takes two bytes more wherever it stands.
create virtual table search_index using fts5 (body, title, forms, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'");

-- Points of places, 32-bit floats: what it finds is checked again on lat and lng.
create virtual table places_box using rtree (id, min_lat, max_lat, min_lng, max_lng);
create trigger places_box_insert after insert on places when new.lat is not null and new.lng is not null begin
  insert into places_box values (new.seq, new.lat, new.lat, new.lng, new.lng);
end;
create trigger places_box_update after update of lat, lng on places begin
  delete from places_box where id = old.seq;
  insert into places_box select new.seq, new.lat, new.lat, new.lng, new.lng where new.lat is not null and new.lng is not null;
end;
create trigger places_box_delete after delete on places begin
  delete from places_box where id = old.seq;
end;
