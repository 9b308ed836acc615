-- Mails of one receiver leave in their order, and wait for nobody else's. `lane`: keyed hash of the canonical address, or of the account whose
-- address is looked up when it is sent; null only in rows that were queued before this.
alter table authentication.mails
  add column lane bytea,
  add column seq bigint generated always as identity,
  -- What is in it is dead from here on.
  add column good_until timestamptz not null default clock_timestamp() + interval '1 day',
  -- Anybody who types an address can have it sent: counted by mailbox before it leaves.
  add column anybodys boolean not null default false,
  -- It was not sent and will not be: why, in a word of ours, and what the mail server answered (its numbers only).
  add column given_up text,
  add column answer text;

drop index authentication.mails_next;
create index mails_next on authentication.mails (attempts, next_at) where done_at is null;
create index mails_lane on authentication.mails (lane, seq) where done_at is null;
create index mails_given_up on authentication.mails (done_at) where given_up is not null;
