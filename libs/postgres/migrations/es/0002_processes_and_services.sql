-- Processes that lead, each alive until a time that it moves on once a second for all that it leads.
create table es.processes (
  id    uuid primary key,
  until timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_threshold = 20000); -- its one page is pruned by whoever reads it

-- Whose login role this is. Role names belong to one database of a server, service names to all of them.
create table es.services (
  role    name primary key,
  service text collate "C" not null unique
);

-- Until when a lease is held: as long as its own row says, or as its process is alive.
create function es.held_until(process uuid, leased timestamptz) returns timestamptz
language sql stable security definer set search_path = '' as $$ select greatest(leased, (select until from es.processes where id = process)) $$;

-- Keeps processes alive for another four seconds, in one commit, and says which leases they hold in these services' schemas. A process's number is
-- known to itself alone: it is what permits.
create function es.renew(alive uuid[], schemas text[]) returns table (owner uuid, service text, subscription text, epoch bigint)
language plpgsql security definer set search_path = '' as $$
declare
  renewed int;
  own     text;
begin
  update es.processes set until = clock_timestamp() + '4 s' where id = any (alive);
  get diagnostics renewed = row_count;
  if renewed < cardinality(alive) then
    delete from es.processes where until < clock_timestamp() - interval '1 day';
    insert into es.processes (id, until) select p, clock_timestamp() + '4 s' from unnest(alive) p on conflict do nothing;
  end if;
  for own in select s.service from es.services s where s.service = any (schemas) loop
    return query execute format('select f.owner, %L, f.subscription, f.epoch from %I.followers f where f.owner = any ($1)', own, own) using alive;
  end loop;
end $$;

-- Ends one lease of a process that goes on to live.
create function es.release(process uuid, schema text, wanted text, held bigint) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from es.services s where s.service = schema) then
    execute format('update %I.followers set owner = null, leased_until = clock_timestamp() where subscription = $1 and epoch = $2 and owner = $3', schema) using wanted, held, process;
  end if;
end $$;

-- A trigger that tells every process, with the commit, that there is work in this table.
create function es.wake() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_notify('symbolon_log', tg_table_schema || '.' || tg_table_name);
  return null;
end $$;

-- Fails as a write would: where the database is read-only, and where its disk is full (it writes a file of some pages, which is gone at once).
create function es.probe() returns void
language plpgsql set search_path = '' set work_mem = '64kB' as $$
begin
  if pg_is_in_recovery() or current_setting('transaction_read_only')::boolean then
    raise 'cannot write in a read-only database' using errcode = 'read_only_sql_transaction';
  end if;
  perform max(nth) from (select row_number() over (order by md5(g::text)) as nth from generate_series(1, 3000) g) sorted;
end $$;

revoke execute on all functions in schema es from public;
