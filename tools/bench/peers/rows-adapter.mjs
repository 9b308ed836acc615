// The plainest durable adapter for the provider library: one table, one JSON payload, a statement for each call.
import { errors } from 'oidc-provider';
import pg from 'pg';

/** Makes the adapter class over a pool of its own; creates its table when missing. */
export async function rowsAdapter(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 10 });
  await pool.query(`create table if not exists peer_rows (kind text, id text, grant_id text, uid text, consumed bigint, payload json, primary key (kind, id))`);
  await pool.query('create index if not exists peer_rows_grant on peer_rows (grant_id)');
  return class Rows {
    constructor(kind) {
      this.kind = kind;
    }
    async upsert(id, payload) {
      await pool.query('insert into peer_rows values ($1, $2, $3, $4, null, $5) on conflict (kind, id) do update set payload = excluded.payload', [this.kind, id, payload.grantId ?? null, payload.uid ?? null, JSON.stringify(payload)]);
    }
    async find(id) {
      const { rows } = await pool.query('select payload, consumed from peer_rows where kind = $1 and id = $2', [this.kind, id]);
      return rows[0] && { ...rows[0].payload, ...(rows[0].consumed ? { consumed: Number(rows[0].consumed) } : {}) };
    }
    async findByUid(uid) {
      const { rows } = await pool.query('select payload from peer_rows where kind = $1 and uid = $2', [this.kind, uid]);
      return rows[0]?.payload;
    }
    async consume(id) {
      const { rowCount } = await pool.query('update peer_rows set consumed = extract(epoch from now()) where kind = $1 and id = $2 and consumed is null', [this.kind, id]);
      if (rowCount === 0) throw new errors.InvalidGrant('already used');
    }
    async destroy(id) {
      await pool.query('delete from peer_rows where kind = $1 and id = $2', [this.kind, id]);
    }
    async revokeByGrantId(grantId) {
      await pool.query('delete from peer_rows where grant_id = $1', [grantId]);
    }
  };
}
