-- Mailed codes by what they are bound to. A new code keeps the tries of the one before it.
create table authentication.mailed_codes (
  binding bytea primary key, code bytea not null, tries integer not null default 0, issued_at timestamptz not null default clock_timestamp(), first_issued_at timestamptz not null default clock_timestamp(), consumed_at timestamptz
) with (fillfactor = 70);
create index mailed_codes_issued on authentication.mailed_codes (issued_at);
