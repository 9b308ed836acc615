-- Who proved in this browser, on a page outside a sign-in, whose account it is: a mailed link and its password. `proof` is the hash of a cookie;
-- the row is taken by the sign-in that follows at once.
create table authentication.proofs (
  proof bytea primary key,
  account_id text not null,
  -- Dies with the password that was given.
  credential_id text not null,
  expires_at timestamptz not null
);
create index proofs_expiry on authentication.proofs (expires_at);
