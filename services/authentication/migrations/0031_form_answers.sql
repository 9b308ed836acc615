-- What a form of ours was answered, for some seconds: a second click gets the first answer. `id` is a keyed hash of browser, address and fields; the answer is sealed.
create table authentication.form_answers (
  id bytea primary key, taker uuid not null, answer bytea, expires_at timestamptz not null
) with (fillfactor = 70);
create index form_answers_expiry on authentication.form_answers (expires_at);
