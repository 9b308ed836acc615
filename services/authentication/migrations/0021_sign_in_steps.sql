-- A sign-in whose password was right and whose mailed code is still asked for. The interaction is bound to its browser by the provider.
create table authentication.sign_in_steps (
  interaction text primary key,
  account_id text not null,
  -- Dies with the password that was given.
  credential_id text not null,
  expires_at timestamptz not null
);
create index sign_in_steps_expiry on authentication.sign_in_steps (expires_at);
