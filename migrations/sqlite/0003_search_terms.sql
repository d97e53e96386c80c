-- How often each term stands in a document, beside the full text index, which tells no document's terms. Terms are known by numbers, which are short.
create table search_vocabulary (number integer primary key, term text not null unique);
create table search_terms (doc integer primary key, counts blob not null);
