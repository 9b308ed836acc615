-- A login role writes the topics symbolon.<service>.… of its own service only, whatever the role is called.
create or replace function bus.publish(topics text[], keys text[], partitions int[], ids uuid[], types text[], sequences text[], metas int[], datas int[], bodies bytea)
returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  head bigint;
  own  text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then raise 'bus.publish needs read committed'; end if;
  if session_user <> current_user then
    select service into own from es.services where role = session_user;
    if own is null or exists (select from unnest(topics) t where not starts_with(t, 'symbolon.' || own || '.')) then
      raise 'role % publishes to the topics symbolon.%.… only', session_user, coalesce(own, '(none)') using errcode = 'insufficient_privilege';
    end if;
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
