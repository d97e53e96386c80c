-- How often each term stands in a document, beside the full text index. Terms are known by numbers, which are short.
create table search_vocabulary (number integer generated always as identity primary key, term text collate "C" not null unique);
create table search_terms (doc bigint primary key, counts bytea not null);
