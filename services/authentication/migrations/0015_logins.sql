-- Who has which address: a row under a keyed hash of its canonical form, so that two accounts can never have the same one and no address can be read here.
create table authentication.logins (
  pepper_version integer not null,
  hmac bytea not null,
  account text not null,
  -- Which registration it was reserved for.
  registration text not null,
  -- Null: held. Else an account is being made; after this time the sweeper asks its stream which of the two it is.
  pending_until timestamptz,
  primary key (pepper_version, hmac)
);
create index logins_account on authentication.logins (account);
create index logins_pending on authentication.logins (pending_until) where pending_until is not null;
