import { appendFileSync, mkdtempSync, chmodSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { family, startProduct } from './product.mjs';

/** Longer than autovacuum sleeps. */
const SETTLE = 75_000;
const MINUTE = 60_000;
const DAY = 86_400;

/** A connection of the owner of a product's embedded database. */
async function besideTheProduct(dataDir) {
  const [, , , port, socket, address] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const client = new pg.Client({ host: socket || address, port: Number(port), user: 'symbolon', password: readFileSync(join(dataDir, 'postgres-owner'), 'utf8').trim(), database: 'postgres' });
  await client.connect();
  return client;
}

/** Statements, transactions that wrote (each draws a number), and bytes of log so far. */
const COUNTED = `select (select sum(calls) from pg_stat_statements)::float8 as statements, pg_snapshot_xmax(pg_current_snapshot())::text::float8 as written,
  (pg_current_wal_insert_lsn() - '0/0')::float8 as wal`;

async function counted(client, pid) {
  const { rows } = await client.query(COUNTED);
  return { ...rows[0], processor: processorTime(pid), at: performance.now() };
}

/** What happened between two readings, a second; the reading itself is one statement. */
const rates = (from, to) => {
  const seconds = (to.at - from.at) / 1_000;
  return { statements: (to.statements - from.statements - 1) / seconds, commits: (to.written - from.written) / seconds, wal: (to.wal - from.wal) / seconds, processor: (100 * (to.processor - from.processor)) / seconds };
};

/** Seconds of processor that a process and all below it have used, with those of its children that ended. */
function processorTime(pid) {
  let ticks = 0;
  for (const member of family(pid)) {
    try {
      const fields = readFileSync(`/proc/${member}/stat`, 'utf8').split(') ').at(-1).split(' ');
      ticks += [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    } catch { /* ended meanwhile */ }
  }
  return ticks / 100;
}

/**
 * Two minutes of a product that nobody uses, on a data folder that was used before. The first begins with a checkpoint, after which each page that is
 * touched goes to the log whole; a day has as many of these minutes as checkpoints.
 */
async function measured() {
  const dataDir = mkdtempSync(join(tmpdir(), 'symbolon-bench-'));
  chmodSync(dataDir, 0o711);
  await (await startProduct({ dataDir })).stop({ keep: true });
  appendFileSync(join(dataDir, 'postgres', 'postgresql.auto.conf'), "shared_preload_libraries = 'pg_stat_statements'\n");
  const product = await startProduct({ dataDir });
  const client = await besideTheProduct(dataDir);
  try {
    await client.query('create extension if not exists pg_stat_statements');
    // what a new installation leaves to be cleaned is not rest, nor is what the cleaning leaves
    for (const clean of ['vacuum analyze', 'vacuum']) await client.query(clean);
    await new Promise((resolve) => setTimeout(resolve, SETTLE));
    await client.query('checkpoint');
    const readings = [await counted(client, product.pid)];
    for (let minute = 0; minute < 2; minute += 1) {
      await new Promise((resolve) => setTimeout(resolve, MINUTE));
      readings.push(await counted(client, product.pid));
    }
    const [first, second] = [rates(readings[0], readings[1]), rates(readings[1], readings[2])];
    const { rows } = await client.query("select setting::float8 as seconds from pg_settings where name = 'checkpoint_timeout'");
    const most = await client.query('select calls, query from pg_stat_statements order by calls desc limit 12');
    if (process.env.BENCH_STATEMENTS) for (const { calls, query } of most.rows) process.stdout.write(`    ${calls} ${query.replace(/\s+/g, ' ').slice(0, 140)}\n`);
    const extra = Math.max(0, first.wal - second.wal) * (MINUTE / 1_000);
    return { ...rates(readings[0], readings[2]), megabytes: (second.wal * DAY + extra * (DAY / rows[0].seconds)) / 1e6 };
  } finally {
    await client.end();
    await product.stop({ keep: true });
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const rounds = [];

/** One of the values of an idle product; figures that run in one process share the same rounds. */
export function idleFigure({ value, ...figure }) {
  return {
    ...figure,
    rounds: 2,
    warmUp: 0,
    async prepare() {
      let round = 0;
      return { sides: { product: async () => (await (rounds[round++] ??= measured()))[value] } };
    },
  };
}
