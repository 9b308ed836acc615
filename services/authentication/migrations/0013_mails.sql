-- Mail on its way, sealed. Sent at least once; the Message-ID lets the receiver drop a second copy. A row that was sent stays without its
-- text for a week, so that the same mail is not queued again.
create table authentication.mails (
  id uuid primary key, sealed bytea, queued_at timestamptz not null default clock_timestamp(), attempts integer not null default 0,
  next_at timestamptz not null default clock_timestamp(), done_at timestamptz
);
create index mails_next on authentication.mails (next_at) where done_at is null;
create index mails_done on authentication.mails (done_at) where done_at is not null;

-- Where no mail server is configured: what would have been sent, for the person at this machine. The newest two hundred.
create table authentication.caught_mails (
  seq bigint generated always as identity primary key, id uuid not null unique, sealed bytea not null, at timestamptz not null default clock_timestamp()
);
