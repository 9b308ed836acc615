-- How often everything that rested on an account's proofs was revoked; whatever carries an earlier epoch is worth nothing.
alter table authentication.accounts_v1 add column epoch integer not null default 0;
-- Where the log stood when an application was last disabled: its tokens from before are worth nothing.
alter table authentication.clients_v1 add column revoked text collate "C" not null default '';

alter table authentication.sessions add column epoch integer not null default 0;
alter table authentication.interactions add column account text, add column epoch integer;
-- Of all that follow the way back to an interaction at once, one goes on; the others get its answer.
alter table authentication.interactions add column taker uuid, add column taken_until timestamptz, add column answer bytea;

-- "authorization": where the log stood when what the person allowed this application was last withdrawn.
alter table authentication.grants add column revoked text collate "C" not null default '';
alter table authentication.codes add column epoch integer not null default 0, add column revoked text collate "C" not null default '';
alter table authentication.refresh_tokens add column epoch integer not null default 0, add column revoked text collate "C" not null default '';
alter table authentication.access_tokens add column epoch integer not null default 0, add column revoked text collate "C" not null default '';

alter table authentication.devices add column epoch integer not null default 0;
alter table authentication.sign_in_steps add column epoch integer not null default 0, add column proven_at timestamptz;
alter table authentication.proofs add column epoch integer not null default 0;
alter table authentication.recoveries add column begun_at timestamptz not null default clock_timestamp(), add column taken_until timestamptz;
alter table authentication.registrations add column taken_until timestamptz;

-- Whose tokens our own APIs refuse, by what they rest on (account, session, application, authorization).
create table authentication.revoked_v1 (key text primary key, epoch text collate "C" not null, at timestamptz not null);
create table authentication.withdrawn_v1 (key text primary key, epoch text collate "C" not null, at timestamptz not null);
-- Ended sessions are forgotten when their last token is.
create index revoked_sessions on authentication.revoked_v1 (at) where key like 'session %';
