-- What names and titles can be begun with: a row for each word that one may have begun with. Written with the row that the name belongs to.

create table suggestions (
  kind text not null,
  seq integer not null,
  position integer not null,
  key text not null,
  rank real not null,
  head1 text,
  head2 text,
  head3 text not null,
  primary key (kind, seq, position)
);
create index suggestions_key on suggestions (key, kind, rank, seq);
create index suggestions_head1 on suggestions (kind, head1, rank, seq) where head1 is not null;
create index suggestions_head2 on suggestions (kind, head2, rank, seq) where head2 is not null;
create index suggestions_head3 on suggestions (kind, head3, rank, seq, key);
