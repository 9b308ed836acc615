create table authentication.clients_v1 (
  client_id text primary key, name text not null, redirect_uris text[] not null, post_logout_redirect_uris text[] not null, party text not null,
  authentication_method text not null, grant_types text[] not null, scopes text[] not null, purposes text[] not null, resources text[] not null,
  jwks text not null, jwks_uri text not null, claims_in_id_token boolean not null, disabled boolean not null default false, created_at timestamptz
);

-- SHA-256 of 256 random bits; written before the event that makes it valid.
create table authentication.client_secrets (
  id uuid primary key, client_id text not null, digest bytea not null, created_at timestamptz not null default now()
);
create index client_secrets_client on authentication.client_secrets (client_id);

-- Which secret rows are valid: the newest without an end, the one before it for a day.
create table authentication.secrets_v1 (
  client_id text not null, secret_id uuid not null, since timestamptz not null, primary key (client_id, secret_id)
);

create table authentication.accounts_v1 (
  account text primary key, email text, first_name text, last_name text, locale text, registered_at timestamptz,
  credential_id uuid, disabled boolean not null default false
);
create table authentication.roles_v1 (account text not null, role text not null, primary key (account, role));

-- What others own, as authentication needs it in its hot path.
create table authentication.claims_v1 (subject text not null, attribute text not null, value text not null, primary key (subject, attribute));
create table authentication.consents_v1 (subject text not null, purpose text not null, text_version integer not null, primary key (subject, purpose));
create table authentication.purposes_v1 (
  purpose text primary key, basis text not null, claims text[] not null, text_version integer not null, title text not null, text text not null
);
create table authentication.authorizations_v1 (
  subject text not null, client_id text not null, scopes text[] not null, since timestamptz not null, primary key (subject, client_id)
);
