-- Forgotten passwords, known addresses or not. `browser` is the hash of a cookie; the row opens nothing without the mailed code.
create table authentication.recoveries (
  id text primary key,
  browser bytea not null,
  -- SHA-256 of the secret in the mailed link.
  link bytea not null unique,
  -- Null: nobody has this address. The pages do not tell.
  account_id text,
  credential_id text,
  -- Where to go on afterwards: the sign-in that it began at.
  interaction text,
  -- Sealed with the service's key: the address that was typed, to be mailed again.
  address bytea not null,
  proven_at timestamptz,
  expires_at timestamptz not null
);
create index recoveries_expiry on authentication.recoveries (expires_at);
create index recoveries_account on authentication.recoveries (account_id) where account_id is not null;
