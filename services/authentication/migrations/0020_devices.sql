-- Browsers that completed a sign-in, by the hash of their cookie. One browser may be known to several accounts.
create table authentication.devices (
  device bytea not null,
  account_id text not null,
  known_since timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  primary key (account_id, device)
);
create index devices_expiry on authentication.devices (expires_at);
