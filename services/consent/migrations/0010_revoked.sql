-- Whose tokens our own APIs refuse, by what they rest on (account, session, application, authorization).
create table consent.revoked_v1 (key text primary key, epoch text collate "C" not null, at timestamptz not null);
create table consent.withdrawn_v1 (key text primary key, epoch text collate "C" not null, at timestamptz not null);
-- Ended sessions are forgotten when their last token is.
create index revoked_sessions on consent.revoked_v1 (at) where key like 'session %';
