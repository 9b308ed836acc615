-- The provider's protocol state: rows with an expiry, ids kept as SHA-256, payloads sealed with the service's key.
create table authentication.interactions (
  id bytea primary key, payload bytea not null, expires_at timestamptz not null
) with (fillfactor = 70);

create table authentication.codes (
  id bytea primary key, grant_id text not null, account text, client_id text not null, payload bytea not null,
  expires_at timestamptz not null, consumed_at timestamptz
);
create index codes_grant on authentication.codes (grant_id);

create table authentication.refresh_tokens (
  id bytea primary key, grant_id text not null, account text, client_id text not null, payload bytea not null,
  expires_at timestamptz not null, consumed_at timestamptz, claim uuid, claimed_until timestamptz
) with (fillfactor = 85);
create index refresh_tokens_grant on authentication.refresh_tokens (grant_id);

create table authentication.access_tokens (
  id bytea primary key, grant_id text, account text, client_id text not null, payload bytea not null, expires_at timestamptz not null
);
create index access_tokens_grant on authentication.access_tokens (grant_id);

create table authentication.pushed_requests (
  id bytea primary key, payload bytea not null, expires_at timestamptz not null, consumed_at timestamptz
);

-- One use of a client assertion: an insert that fails says that it was used.
create table authentication.replays (id bytea primary key, expires_at timestamptz not null);

create table authentication.grants (
  id text primary key, account text not null, client_id text not null, payload bytea not null, expires_at timestamptz not null
);
create index grants_account on authentication.grants (account, client_id);

-- Keyed by uid: the id changes at every sign-in. ended_at makes a tombstone: a request in flight must not bring the session back.
create table authentication.sessions (
  uid text primary key, id bytea not null unique, previous_id bytea, previous_until timestamptz, account text,
  signed_in_at timestamptz, seen_at timestamptz not null default now(), authorizations jsonb not null default '{}',
  payload bytea not null, expires_at timestamptz not null, ended_at timestamptz
) with (fillfactor = 70);
create index sessions_previous on authentication.sessions (previous_id) where previous_id is not null;
create index sessions_account on authentication.sessions (account);

-- Facts beside rows: what a statement did, waiting to become an event. A queue, not a sequence.
create table authentication.facts (
  seq bigint generated always as identity primary key, id uuid not null unique, stream text not null, type text not null,
  data jsonb not null, subject text, at timestamptz not null default now()
);

-- Signing keys, sealed. published: in the JWKS, not used; active: signs; retired: still verifies.
create table authentication.signing_keys (
  kid text primary key, algorithm text not null, jwk bytea not null, state text not null check (state in ('published', 'active', 'retired')),
  created_at timestamptz not null default now(), changed_at timestamptz not null default now()
);
