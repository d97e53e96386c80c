-- How often each term stands in a document, beside the full text index, which tells no document's terms.
create table search_terms (doc integer primary key, terms text not null);
