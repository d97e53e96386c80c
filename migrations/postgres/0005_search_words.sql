-- Every word that a text or a name had when it was indexed, folded and unstemmed: what a misspelt word of a search may have been meant for.
create table search_words (word text collate "C" primary key);
