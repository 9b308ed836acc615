-- Whose tokens our own APIs refuse, by what they rest on (account, session, application, authorization).
create table profiles.revoked_v1 (key text primary key, epoch text collate "C" not null, at timestamptz not null);
create table profiles.withdrawn_v1 (key text primary key, epoch text collate "C" not null, at timestamptz not null);
-- Ended sessions are forgotten when their last token is.
create index revoked_sessions on profiles.revoked_v1 (at) where key like 'session %';
