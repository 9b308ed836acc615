-- Proofs that came with tokens that are bound to a key (RFC 9449): each is taken once, at whichever process.
create table consent.proofs_of_possession (id bytea primary key, expires_at timestamptz not null);
