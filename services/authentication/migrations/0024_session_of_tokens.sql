-- The session that a code or token came from, so that both are read together. Null: written by an older version, its payload says it.
alter table authentication.codes add column session_uid text;
alter table authentication.refresh_tokens add column session_uid text;
