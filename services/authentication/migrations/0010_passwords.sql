-- Password hashes, sealed with the service's key. A row is inert until PasswordSet names it; no event ever holds a hash.
create table authentication.credentials (
  id uuid primary key, account text not null, hash bytea not null, created_at timestamptz not null default clock_timestamp()
);
create index credentials_account on authentication.credentials (account);
