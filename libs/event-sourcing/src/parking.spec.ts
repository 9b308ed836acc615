import { afterEach, describe, expect, it } from '@jest/globals';
import { cause, command, counter, jsonCodec, type Counted } from '../test/counter.js';
import { commandHandler, Invalid, memoryBus, memoryEventStore, memoryProgress, projection, publication, put, runSubscription, table } from './index.js';
import type { Bus, Position, Progress, RunningSubscription, Step, Subscription, Wiring } from './index.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** `retry`: what is tried again and again waits so long between two tries that a test in which it happens does not end. */
const world = ({ retry = 1, bus = memoryBus() }: { retry?: number; bus?: Bus } = {}) => {
  const store = memoryEventStore();
  const progress = memoryProgress(200);
  let faulty: (step: Step) => Error | undefined = () => undefined;
  /** Like an engine whose commits fail for what the step holds. */
  const failing: Progress = {
    lead: async (...asked) => {
      const lead = await progress.lead(...asked);
      const commit = async (step: Step): Promise<boolean> => {
        const error = faulty(step);
        if (error) throw error;
        return lead!.commit(step);
      };
      return lead && new Proxy(lead, { get: (target, name) => (name === 'commit' ? commit : typeof target[name as 'renew'] === 'function' ? target[name as 'renew'].bind(target) : target[name as 'renew']) });
    },
  };
  const wiring: Wiring = { store, bus, progress: failing, codec: jsonCodec(), publicCodec: () => jsonCodec(), handlerFor: (decider) => commandHandler(store, jsonCodec(), decider) as never, owner: 'me', timing: { poll: 10, renew: 30, retry, backOff: 5 } };
  const alarms: string[] = [];
  const run = (subscription: Subscription) => {
    const over = new AbortController();
    const running = runSubscription(subscription, wiring, over.signal, { alarm: (_, reason) => alarms.push(reason) });
    const stop = async () => (over.abort(), running.done);
    ends.push(stop);
    return Object.assign(running, { stop });
  };
  const count = (id: string, by = 1) => commandHandler(store, jsonCodec(), counter).handle(`counter-${id}`, command(by), cause);
  const rows = () => progress.rows('t.sums_v1').map(({ stream }) => stream);
  return { store, run, count, rows, alarms, fail: (how: typeof faulty) => void (faulty = how) };
};

const until = async (true_: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await true_())) await new Promise((resolve) => setTimeout(resolve, 3));
};

const isBad = (stream: string): boolean => stream.startsWith('counter-bad');
const sums = table('t.sums_v1', ['stream']);
const sumsOf = (poisonous: (stream: string) => boolean = () => false): Subscription =>
  projection<Counted>('t.sums.v1', { categories: ['counter'] }, sums, {
    Counted: ({ stream, revision }) => {
      if (poisonous(stream)) throw new Error('bad');
      return put({ stream, revision });
    },
  });
const hasRow = ({ rows = [] }: Step, which: (stream: string) => boolean): boolean => rows.some((row) => 'put' in row && which(String(row.put['stream'])));
const value = (): Error => new Invalid('store/unstorable', 'this value cannot be kept');
const marked = (fault: 'engine' | 'value', code: string): Error => Object.assign(new Error('relation "t.sums_v1" does not exist'), { fault, code });

describe('poison that authors of events make', () => {
  it.each<[string, (stream: string) => boolean, ((step: Step) => Error | undefined) | undefined]>([
    ['that a projection cannot handle', isBad, undefined],
    ['that a table cannot keep', () => false, (step) => (hasRow(step, isBad) ? value() : undefined)],
    ['that an engine refuses for its value', () => false, (step) => (hasRow(step, isBad) ? marked('value', '22021') : undefined)],
  ])('abuse 102: %s never stops a subscription, however many keys it has, nor makes others wait, nor over a restart', async (_, poisonous, faulty) => {
    const { run, count, rows, store, alarms, fail } = world({ retry: 3_600_000 });
    if (faulty) fail(faulty);
    for (let key = 0; key < 26; key++) await count(`bad${key}`);
    await count('good');
    const running = run(sumsOf(poisonous));
    await until(async () => running.state().position === (await store.head()));
    expect([rows(), alarms, running.state()]).toMatchObject([['counter-good'], [], { ready: true, parked: 26, parkedKeys: 26 }]);
    for (let key = 26; key < 75; key++) await count(`bad${key}`);
    await count('bad0');
    await count('better');
    await until(async () => running.state().position === (await store.head()));
    await running.stop();
    const again = run(sumsOf(poisonous));
    await count('best');
    await until(async () => again.state().position === (await store.head()));
    expect([rows(), alarms, again.state()]).toMatchObject([['counter-good', 'counter-better', 'counter-best'], [], { ready: true, parked: 76, parkedKeys: 75 }]);
  });

  it('is tried once: whoever comes behind it waits for nothing', async () => {
    const { run, count } = world();
    let tries = 0;
    const running = run(sumsOf((stream) => stream === 'counter-bad' && tries++ >= 0));
    await count('bad');
    await until(() => running.state().parked === 1);
    expect(tries).toBe(1);
  });

  it('in what a publication makes of it parks its key alone', async () => {
    const { run, count } = world({ retry: 3_600_000 });
    const running = run(publication<Counted, Counted>('t.public.v1', ['counter'], 'x', { Counted: ({ stream, event }) => { if (isBad(stream)) throw new Error('bad'); return event; } }));
    for (let key = 0; key < 26; key++) await count(`bad${key}`);
    await until(() => running.state().parkedKeys === 26);
    expect(running.state()).toMatchObject({ ready: true });
  });
});

describe('a subscription that fails for what is not the events’ fault', () => {
  const goesOn = async (running: RunningSubscription) => until(() => running.state().stopped === undefined && running.state().ready);

  it('stands still when its engine refuses everything, parks nobody, says why, and goes on by itself once that is mended', async () => {
    const { run, count, rows, alarms, fail } = world();
    fail((step) => (hasRow(step, () => true) ? marked('engine', '42P01') : undefined));
    const running = run(sumsOf());
    for (const key of ['a', 'b']) await count(key);
    await until(() => running.state().stopped !== undefined);
    await new Promise((resolve) => setTimeout(resolve, 100)); // it tries again meanwhile
    expect([alarms, running.state()]).toMatchObject([['Error 42P01: relation "t.sums_v1" does not exist'], { ready: false, parked: 0, stopped: alarms[0] }]);
    fail(() => undefined);
    await goesOn(running);
    await until(() => rows().length === 2);
    expect(running.state()).toMatchObject({ ready: true, parked: 0, parkedKeys: 0 });
  });

  it('stands still when twenty keys in a row failed for an unknown reason and nothing succeeded, and tries them again by itself once something does', async () => {
    const { run, count, rows, alarms, fail } = world();
    fail((step) => (hasRow(step, () => true) ? new Error('what is this') : undefined));
    for (let key = 0; key < 30; key++) await count(`k${key}`);
    const running = run(sumsOf());
    await until(() => running.state().stopped !== undefined);
    expect([alarms.length, alarms[0], running.state()]).toMatchObject([1, expect.stringMatching(/^21 keys in a row failed/), { ready: false, parkedKeys: 20 }]);
    fail(() => undefined);
    await goesOn(running);
    await until(() => rows().length === 30);
    expect(running.state()).toMatchObject({ ready: true, parked: 0 });
  });

  it('does not, when others succeed between what fails', async () => {
    const { run, count, rows, alarms, fail } = world();
    fail((step) => (hasRow(step, isBad) ? new Error('what is this') : undefined));
    const running = run(sumsOf());
    for (let key = 0; key < 30; key++) {
      await count(`bad${key}`);
      await count(`good${key}`);
    }
    await until(() => rows().length === 30 && running.state().parkedKeys === 30);
    expect([alarms, running.state()]).toMatchObject([[], { ready: true }]);
  });

  it('never quotes an event when it says why', async () => {
    const { run, count, alarms, fail } = world({ bus: { ...memoryBus(), publish: async () => Promise.reject(new Error('ada@example.org')) } });
    fail(() => undefined);
    for (let key = 0; key < 21; key++) await count(`k${key}`);
    run(publication<Counted, Counted>('t.public.v1', ['counter'], 'x', { Counted: ({ event }) => event }));
    await until(() => alarms.length > 0);
    expect(alarms.join()).not.toContain('ada@');
  });
});

describe('a parked event', () => {
  const places = async (store: ReturnType<typeof memoryEventStore>): Promise<Position[]> => (await store.read('counter-bad')).events.map(({ position }) => position);

  it('is passed over by command, and what waits behind it is handled', async () => {
    const { store, run, count, rows } = world();
    const poison = { at: '' };
    const running = run(projection<Counted>('t.sums.v1', { categories: ['counter'] }, sums, { Counted: ({ stream, revision, position }) => { if (position === poison.at || poison.at === '') throw new Error('bad'); return put({ stream, revision }); } }));
    await count('bad', 3);
    await until(() => running.state().parked === 3);
    poison.at = (await places(store))[0]!;
    expect(await running.retryParked()).toEqual({ handled: 0, left: 3 });
    expect(await running.skipParked('counter-bad', poison.at)).toEqual({ handled: 2, left: 0 });
    expect([rows(), running.state()]).toMatchObject([['counter-bad'], { parked: 0, parkedKeys: 0 }]);
  });

  it('is not passed over unless it is the oldest of its key, so that a command that is repeated takes no other', async () => {
    const { store, run, count } = world();
    const running = run(sumsOf(isBad));
    await count('bad', 3);
    await until(() => running.state().parked === 3);
    const [oldest, second] = await places(store);
    expect(await running.skipParked('counter-bad', second!)).toBeUndefined();
    expect(await running.skipParked('counter-bad', oldest!)).toEqual({ handled: 0, left: 2 });
    expect(await running.skipParked('counter-bad', oldest!)).toBeUndefined();
    expect(running.state().parked).toBe(2);
  });
});
