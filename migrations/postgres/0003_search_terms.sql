-- How often each term stands in a document is read from search_index.terms; SQLite needs a table for it.
select 1;
