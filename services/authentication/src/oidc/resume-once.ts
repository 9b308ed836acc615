import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Provider } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { timeToWait, withoutDeadline } from '@symbolon/event-sourcing';
import type { Database } from '@symbolon/postgres';
import { addressOf } from './address-of.js';
import { rowId } from './sealed-row.js';
import type { Sealing } from './sealed-row.js';
import { isThisBrowser, thisBrowser } from './visiting-browser.js';

/** An interaction that this request takes up again. `done`: the library is through with it. */
type Take = { readonly row: Buffer; readonly taker: string; done: boolean };

const takes = new WeakMap<object, Take>();
const own = (): Take | undefined => takes.get((Provider.ctx as unknown as object | undefined) ?? {});

/** Whether this request goes on where an interaction ended. */
export const isResuming = (): boolean => own() !== undefined;

/** Called when the library is through with the interaction; true: its row stays until the answer is known. */
export function resumed(): boolean {
  const take = own();
  if (take) take.done = true;
  return take !== undefined;
}

/** How long a take is believed to be at work, and how long others wait for its answer. Longer than a request may last; milliseconds. */
const WAIT = 3_000;
const LOOK = 40;
/** How long a browser may ask for the answer again. Milliseconds. */
const KEPT = 10_000;

/** One of all that come at once, and again when whoever took it died. */
const TAKE = `
  update authentication.interactions set taker = $2, taken_until = clock_timestamp() + interval '10 s'
  where id = $1 and answer is null and (taken_until is null or taken_until < clock_timestamp())`;
const FINISH = `
  update authentication.interactions set answer = $3, payload = '', expires_at = clock_timestamp() + interval '1 minute' where id = $1 and taker = $2 and answer is null`;
const RELEASE = 'update authentication.interactions set taken_until = null where id = $1 and taker = $2 and answer is null';
const LOOK_UP = 'select answer from authentication.interactions where id = $1';

/** The visit that an address takes up again. */
const visitOf = ({ path }: KoaContextWithOIDC): string | undefined => /^\/auth\/([\w-]{10,100})$/.exec(path)?.[1];

/** What was answered, so that a second click in the same browser gets the same. */
type Answer = Readonly<{ browser: string; status: number; headers: Record<string, string | string[]>; body: string }>;
const OWN_HEADERS = new Set(['x-request-id', 'date', 'content-length', 'connection', 'keep-alive', 'transfer-encoding']);

const answerOf = (ctx: KoaContextWithOIDC): Answer => ({
  browser: thisBrowser(visitOf(ctx)!),
  status: ctx.status,
  headers: Object.fromEntries(Object.entries(ctx.response.headers).flatMap(([name, value]) => (value === undefined || OWN_HEADERS.has(name) ? [] : [[name, typeof value === 'number' ? String(value) : value]]))),
  body: typeof ctx.body === 'string' ? ctx.body : '',
});

function give(ctx: KoaContextWithOIDC, { status, headers, body }: Answer): void {
  ctx.status = status;
  ctx.body = body;
  for (const [name, value] of Object.entries(headers)) ctx.set(name, value);
}

/** `cookie`: the name of the cookie that binds an interaction to its browser. `busy` answers that it can be tried again. */
export type ResumeParts = Readonly<{ database: Database; sealing: Sealing; cookie: string; busy(ctx: KoaContextWithOIDC): Promise<void> }>;


/**
 * The way back from our pages to the application is gone once, however often it is followed at the same moment: one request goes on, and the others of
 * the same browser get its answer (the same code, not another one). Where it fails because something is away, the next one may try.
 */
export function resumeOnce({ database, sealing, cookie, busy }: ResumeParts) {
  /** True: this request goes on. An answer: another one did. Undefined: there is no such interaction in this browser. */
  async function take(visit: string, row: Buffer, taker: string): Promise<true | Answer | 'busy' | undefined> {
    for (const until = Date.now() + timeToWait(WAIT); Date.now() < until; await pause(LOOK)) {
      if ((await database.query(TAKE, [row, taker])).rowCount > 0) return true;
      const found = (await database.query<{ answer: Buffer | null }>(LOOK_UP, [row])).rows[0];
      if (!found) return undefined;
      const answer = found.answer && (sealing.open('Answer', row, found.answer) as unknown as Answer);
      if (answer) return isThisBrowser(visit, answer.browser) ? answer : undefined;
    }
    return 'busy';
  }

  /** False: the answer must not be given, for another request may have gone on meanwhile. */
  async function settle(ctx: KoaContextWithOIDC, { row, taker, done }: Take): Promise<boolean> {
    if (!done || ctx.status >= 500) {
      await withoutDeadline(() => database.query(RELEASE, [row, taker]));
      return true;
    }
    // The browser may come back with a second click after it has the first answer.
    ctx.cookies.set(cookie, visitOf(ctx)!, { path: addressOf(ctx).split('?')[0]!, httpOnly: true, sameSite: 'lax', secure: cookie.startsWith('__'), maxAge: KEPT }); // after the library's own, which takes it away
    const answer = sealing.seal('Answer', row, answerOf(ctx) as unknown as Record<string, unknown>);
    return (await database.query(FINISH, [row, taker, answer])).rowCount > 0;
  }

  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    const uid = visitOf(ctx);
    // Bound to the browser that began, as the library binds it: its own refusal is as good as ours.
    if (uid === undefined || ctx.cookies.get(cookie) !== uid) return next();
    const own: Take = { row: rowId('Interaction', uid), taker: randomUUID(), done: false };
    try {
      const taken = await take(uid, own.row, own.taker);
      if (taken === undefined) return await next();
      if (taken === 'busy') return await busy(ctx);
      if (taken !== true) return give(ctx, taken);
      takes.set(ctx, own);
      await next();
      if (!(await settle(ctx, own))) await busy(ctx);
    } catch (error) {
      await withoutDeadline(() => database.query(RELEASE, [own.row, own.taker])).catch(() => undefined); // it lapses by itself
      if ((error as Error).name !== 'Unavailable') throw error;
      await busy(ctx);
    }
  };
}
