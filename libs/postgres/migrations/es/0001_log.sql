-- Stored events. Bytes are kept as they came; nothing reads them here but the era.
create table es.events (
  position bigint primary key,
  stream   text collate "C" not null,
  revision bigint not null,
  id       uuid not null,
  type     text collate "C" not null,
  metadata bytea not null,
  data     bytea not null,
  unique (stream, revision)
);

-- Who may append to and read a category of streams.
create table es.categories (
  category text collate "C" primary key,
  role     name not null
);

-- The owner of these functions may touch every category; a login role, its own. SET ROLE does not change session_user.
create function es.check_categories(wanted text[]) returns void
language plpgsql stable security definer set search_path = '' as $$
declare
  foreign_category text;
begin
  if session_user = current_user then return; end if;
  select w into foreign_category from unnest(wanted) w
  where not exists (select from es.categories c where c.category = w and c.role = session_user) limit 1;
  if found then
    raise 'role % has no streams of category %', session_user, foreign_category using errcode = 'insufficient_privilege';
  end if;
end $$;

-- Appends a batch as one set. Append i expects expecteds[i] of streams[i]; event k belongs to append owners[k], its metadata (metas[k] bytes) and
-- data (datas[k] bytes) follow each other in bodies. Answers each append: ok (position of its last event), repeat (the same) or conflict (actual revision).
-- Positions have no gaps and appear in order, for the lock is taken before the head is read and held until the commit.
create function es.append(streams text[], expecteds bigint[], owners int[], ids uuid[], types text[], metas int[], datas int[], bodies bytea)
returns table (append int, outcome text, at bigint)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  head   bigint;
  rounds int;
begin
  if current_setting('transaction_isolation') <> 'read committed' then raise 'es.append needs read committed'; end if;
  perform es.check_categories(array(select distinct split_part(s, '-', 1) from unnest(streams) s));
  select max(n) into rounds from (select count(*) n from unnest(streams) s group by s) per_stream;
  perform pg_advisory_xact_lock(741001);
  for turn in 1 .. rounds loop -- the n-th append of each stream sees the revisions that the one before it left
    select coalesce(max(position), 0) into head from es.events;
    return query
    with asked as materialized (
      select n::int as i, s, x, coalesce((select max(e.revision) from es.events e where e.stream = s), -1) as now
      from (select *, row_number() over (partition by s order by n) as nth from unnest(streams, expecteds) with ordinality u(s, x, n)) numbered
      where nth = turn
    ), item as materialized (
      select b.*, asked.s, asked.x, asked.now, row_number() over (partition by b.i order by b.k) as j
      from (
        select *, (1 + sum(m + d) over (order by k) - m - d)::int as start
        from unnest(owners, ids, types, metas, datas) with ordinality u(i, id, type, m, d, k)
      ) b join asked on asked.i = b.i
    ), stored as (
      insert into es.events (position, stream, revision, id, type, metadata, data)
      select head + row_number() over (order by k), s, x + j, id, type, substr(bodies, start, m), substr(bodies, start + m, d)
      from item where now = x
      returning position, stream
    ), repeated as (
      select item.i, max(e.position) as position
      from item left join es.events e on e.stream = item.s and e.revision = item.x + item.j and e.id = item.id
      where item.now > item.x
      group by item.i having count(e.id) = count(*)
    )
    select asked.i,
      case when asked.now = asked.x then 'ok' when repeated.i is null then 'conflict' else 'repeat' end,
      case when asked.now = asked.x then (select max(stored.position) from stored where stored.stream = asked.s) else coalesce(repeated.position, asked.now) end
    from asked left join repeated on repeated.i = asked.i;
  end loop;
end $$;

-- Head of the log and its era (the last event of stream log-era says it).
create function es.head() returns table (head bigint, era int)
language sql stable security definer set search_path = '' as $$
  select coalesce((select max(position) from es.events), 0),
         coalesce((select (convert_from(data, 'UTF8')::json ->> 'era')::int from es.events where stream = 'log-era' order by revision desc limit 1), 0)
$$;

-- Events of one stream, each beside the stream's last revision; one row of nulls where there are none.
create function es.read(wanted text, first bigint, most int)
returns table (last bigint, "position" bigint, revision bigint, id text, type text, metadata bytea, data bytea)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform es.check_categories(array[split_part(wanted, '-', 1)]);
  return query
  select known.last, e.position, e.revision, e.id::text, e.type, e.metadata, e.data
  from (select coalesce(max(revision), -1) as last from es.events where stream = wanted) known
  left join lateral (select * from es.events where stream = wanted and revision >= first order by revision limit most) e on true
  order by e.revision;
end $$;

-- Events of these categories after one position and up to another, in log order.
create function es.follow(categories text[], after bigint, until bigint, most int)
returns table ("position" bigint, stream text, revision bigint, id text, type text, metadata bytea, data bytea)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform es.check_categories(categories);
  return query
  select e.position, e.stream, e.revision, e.id::text, e.type, e.metadata, e.data
  from es.events e
  where e.position > after and e.position <= until and split_part(e.stream, '-', 1) = any (categories)
  order by e.position limit most;
end $$;

revoke execute on all functions in schema es from public;
