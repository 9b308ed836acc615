-- One key per subject, wrapped by the key-encryption key. A destroyed key leaves its row behind as a tombstone.
create table vault.subject_keys (
  subject      text primary key,
  wrapped      bytea,
  created_at   timestamptz not null default clock_timestamp(),
  forgotten_at timestamptz,
  constraint key_or_tombstone check ((wrapped is null) = (forgotten_at is not null))
);

-- By this value a start recognises the key-encryption key. One row, made once, changed only by a rotation.
create table vault.kek_check (
  one   boolean primary key default true check (one),
  value bytea not null
);
