import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { timeToWait, Unavailable, withoutDeadline } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FormTokens } from '../page/index.js';
import { PORTS } from '../tokens.js';

/** What a form was answered. */
type Answer = Readonly<{ status: number; headers: Readonly<Record<string, string | string[]>>; cookies: readonly string[]; body: string }>;

/** How long a second click waits for the first one's answer, and how long that answer is kept. Milliseconds; seconds. */
const WAIT = 3_000;
const LOOK = 30;
const KEPT = 3;
/** Whoever took a form and died leaves it after this. Seconds. */
const TAKEN = 10;

const TAKE = `
  insert into authentication.form_answers as f (id, taker, expires_at) values ($1, $2, clock_timestamp() + make_interval(secs => ${TAKEN}))
  on conflict (id) do update set taker = excluded.taker, answer = null, expires_at = excluded.expires_at where f.expires_at < clock_timestamp()`;
const FINISH = `update authentication.form_answers set answer = $3, expires_at = clock_timestamp() + make_interval(secs => ${KEPT}) where id = $1 and taker = $2`;
const RELEASE = 'delete from authentication.form_answers where id = $1 and taker = $2';
const LOOK_UP = 'select answer from authentication.form_answers where id = $1 and expires_at >= clock_timestamp()';

const context = (id: Buffer): string => `form answer ${id.toString('hex')}`;

/** A form that is sent twice by an impatient hand is worked on once: one mail, one account, one try that is counted; and the second click gets the first answer. */
@Injectable()
export class FormAnswers {
  constructor(
    @Inject(PORTS) private readonly ports: Pick<Ports, 'configuration' | 'database' | 'vault'>,
    @Inject(FormTokens) private readonly tokens: FormTokens,
  ) {}

  /** Runs `work`, which answers through `reply`; of the same form with the same fields from the same browser within some seconds, once. */
  async once(request: FastifyRequest, reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    const browser = this.tokens.known(request);
    if (request.method !== 'POST' || browser === undefined) return work();
    const [id, taker] = [this.#id(browser, request), randomUUID()];
    const answered = await this.#take(id, taker);
    if (answered) return give(reply, answered);
    const sent = captured(reply);
    try {
      const result = await work();
      await this.#keep(id, taker, reply, sent.body);
      return result;
    } catch (error) {
      await withoutDeadline(() => this.ports.database.query(RELEASE, [id, taker])).catch(() => undefined); // it lapses by itself
      throw error;
    }
  }

  /** Undefined: this request does the work. Throws `Unavailable` when another one takes too long with it. */
  async #take(id: Buffer, taker: string): Promise<Answer | undefined> {
    for (const until = Date.now() + timeToWait(WAIT); Date.now() < until; await pause(LOOK)) {
      if ((await this.ports.database.query(TAKE, [id, taker])).rowCount > 0) return undefined;
      const answer = (await this.ports.database.query<{ answer: Buffer | null }>(LOOK_UP, [id])).rows[0]?.answer;
      if (answer) return JSON.parse(Buffer.from(this.ports.vault.openForService(answer, context(id))).toString()) as Answer;
    }
    throw new Unavailable('the first click on the same button');
  }

  /** What failed on our side is tried anew by the next click. */
  async #keep(id: Buffer, taker: string, reply: FastifyReply, body: string): Promise<void> {
    if (reply.statusCode >= 500) return void (await this.ports.database.query(RELEASE, [id, taker]));
    const answer: Answer = { status: reply.statusCode, headers: headersOf(reply), cookies: [reply.raw.getHeader('set-cookie') ?? []].flat().map(String), body };
    await this.ports.database.query(FINISH, [id, taker, Buffer.from(this.ports.vault.sealForService(Buffer.from(JSON.stringify(answer)), context(id)))]);
  }

  #id(browser: string, request: FastifyRequest): Buffer {
    const fields = JSON.stringify(Object.entries((request.body ?? {}) as object).sort(([a], [b]) => (a < b ? -1 : 1)));
    return createHmac('sha256', this.ports.configuration.keys.pepper).update(`form answer|${browser}|${request.url}|${request.headers.origin ?? ''}|${String(request.headers['sec-fetch-site'] ?? '')}|${fields}`).digest();
  }
}

const OWN = new Set(['x-request-id', 'date', 'content-length', 'connection', 'set-cookie']);

const headersOf = (reply: FastifyReply): Answer['headers'] =>
  Object.fromEntries(Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined || OWN.has(name) ? [] : [[name, typeof value === 'number' ? String(value) : (value as string | string[])]])));

/** What `reply` sends as its body. */
function captured(reply: FastifyReply): { readonly body: string } {
  const sent = { body: '' };
  const send = reply.send.bind(reply);
  reply.send = ((payload?: unknown) => {
    if (typeof payload === 'string') sent.body = payload;
    return send(payload);
  }) as typeof reply.send;
  return sent;
}

function give(reply: FastifyReply, { status, headers, cookies, body }: Answer): FastifyReply {
  for (const cookie of cookies) reply.raw.appendHeader('set-cookie', cookie);
  return reply.status(status).headers(headers).send(body);
}
