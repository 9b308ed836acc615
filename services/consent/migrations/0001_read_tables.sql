create table consent.purposes_v1 (
  purpose text primary key, basis text not null, claims text[] not null, text_version integer not null, title text not null, text text not null, published_at timestamptz not null
);
create table consent.statuses_v1 (
  subject text not null, purpose text not null, text_version integer not null, client_id text not null, since timestamptz not null, primary key (subject, purpose)
);
create table consent.authorizations_v1 (
  subject text not null, client_id text not null, scopes text[] not null, since timestamptz not null, primary key (subject, client_id)
);
