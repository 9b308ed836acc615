-- Registrations that were begun, of known addresses and free ones alike. `browser` is the hash of a cookie, `link` of the secret in the mail.
create table authentication.registrations (
  id uuid primary key,
  browser bytea not null,
  link bytea not null unique,
  -- Drawn at once, so that a repeat makes the same account.
  account text not null,
  -- The visit that it was begun at: it goes on in the first browser only.
  interaction text not null,
  -- Sealed with the service's key, since the person has none yet. Emptied when the account is made.
  sealed bytea not null,
  -- The mailed code was entered, in the browser that began.
  confirmed_at timestamptz,
  -- The account is made.
  done_at timestamptz,
  expires_at timestamptz not null
);
create index registrations_browser on authentication.registrations (browser);
create index registrations_expiry on authentication.registrations (expires_at);
