-- By these values a start recognises the installation's other keys, as it does the key-encryption key. Each is made once.
create table vault.key_checks (
  name  text primary key,
  value bytea not null
);
