-- Attempts by keyed hash of what they are counted for. A window begins with its first attempt; in_a_row ends with a success, and counts
-- only what got through. most and stop are the limits that the newest attempt was held to; stop 0: none.
create table authentication.attempts (
  key bytea primary key, window_ends timestamptz not null, count integer not null, most integer not null,
  in_a_row integer not null, stop integer not null
) with (fillfactor = 70);
create index attempts_window on authentication.attempts (window_ends);
