-- Empty: as before these could be chosen (web, PKCE required, JWTs, RS256).
alter table authentication.clients_v1
  add column application_type text not null default '', add column pkce text not null default '', add column serves text[] not null default '{}',
  add column token_format text not null default '', add column id_token_algorithm text not null default '';
create index clients_v1_serves on authentication.clients_v1 using gin (serves);
