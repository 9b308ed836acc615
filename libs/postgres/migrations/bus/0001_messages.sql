-- Public events between services. Ordered for one key of one topic; partition is derived from the key.
create table bus.messages (
  position  bigint primary key,
  topic     text collate "C" not null,
  key       text collate "C" not null,
  partition smallint not null,
  id        uuid not null,
  type      text collate "C" not null,
  sequence  text collate "C" not null,
  metadata  bytea not null,
  data      bytea not null,
  unique (topic, id)
);

-- Stores a batch as one set; what is there already, by topic and id, stays as it is. A login role writes the topics symbolon.<role>.… only.
create function bus.publish(topics text[], keys text[], partitions int[], ids uuid[], types text[], sequences text[], metas int[], datas int[], bodies bytea)
returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  head bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then raise 'bus.publish needs read committed'; end if;
  if session_user <> current_user and exists (select from unnest(topics) t where not starts_with(t, 'symbolon.' || session_user || '.')) then
    raise 'role % publishes to the topics symbolon.%.… only', session_user, session_user using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(741002);
  select coalesce(max(position), 0) into head from bus.messages;
  insert into bus.messages (position, topic, key, partition, id, type, sequence, metadata, data)
  select head + row_number() over (order by n), t, k, p, i, ty, q, substr(bodies, start, m), substr(bodies, start + m, d)
  from (
    select *, (1 + sum(m + d) over (order by n) - m - d)::int as start, row_number() over (partition by t, i order by n) as nth
    from unnest(topics, keys, partitions, ids, types, sequences, metas, datas) with ordinality u(t, k, p, i, ty, q, m, d, n)
  ) b
  where nth = 1 and not exists (select from bus.messages e where e.topic = b.t and e.id = b.i);
  select coalesce(max(position), 0) into head from bus.messages;
  return head;
end $$;

create function bus.head() returns bigint
language sql stable security definer set search_path = '' as $$ select coalesce(max(position), 0) from bus.messages $$;

-- Messages of one topic after one position and up to another, in order.
create function bus.follow(wanted text, after bigint, until bigint, most int)
returns table ("position" bigint, topic text, key text, partition smallint, id text, type text, sequence text, metadata bytea, data bytea)
language sql stable security definer set search_path = '' as $$
  select position, topic, key, partition, id::text, type, sequence, metadata, data from bus.messages where position > after and position <= until and topic = wanted order by position limit most
$$;

revoke execute on all functions in schema bus from public;
