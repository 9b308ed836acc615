import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { position, put, remove, type Lead, type Parked, type Progress, type RowChange, type Table } from '@symbolon/event-sourcing';
import { GUARD, many } from './material.js';

/** A follower in a process of its own, which commits steps one after another, each putting row `id` with a rising `a`. */
export type ForeignFollower = Readonly<{ stop(): void; resume(): void; kill(): void; /** Resolves when it was fenced or ended. */ ended: Promise<string> }>;

/** Two clients of one engine, as two processes are, and an empty read table with the columns `id` (text, key), `a` and `b` (integer, may be null). */
export type ProgressUnderTest = Readonly<{
  progress: Progress;
  another: Progress;
  table: Table;
  /** Milliseconds that a lease lasts. */
  lease: number;
  rows(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Present where processes can share the engine: leads `subscription` and commits until it is fenced; resolves when it leads. */
  foreign?(subscription: string): Promise<ForeignFollower>;
  close(): Promise<void>;
}>;

const at = (number: number): string => position(0, BigInt(number));
const newName = (): string => `conformance.${randomUUID()}.v1`;

/** What keeps the place of every follower. */
export const progressSuite = (name: string, factory: () => Promise<ProgressUnderTest>): void =>
  describe(`progress on ${name}`, () => {
    let under: ProgressUnderTest;
    beforeAll(async () => void (under = await factory()), GUARD);
    const frozen: ForeignFollower[] = [];
    afterEach(() => frozen.splice(0).forEach((follower) => follower.kill())); // what failed before it was let go would stand still for ever
    afterAll(() => under?.close());
    const lead = async (subscription: string, progress = under.progress): Promise<Lead> => {
      for (;;) {
        const held = await progress.lead(subscription, randomUUID());
        if (held) return held;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const rowsOf = async (id: string) => (await under.rows()).filter((row) => row['id'] === id);
    const rows = (...changes: RowChange[]) => ({ table: under.table, rows: changes });

    it('lets one of sixteen contenders lead', async () => {
      for (let round = 0; round < many(20, 5); round++) {
        const subscription = newName();
        const all = await Promise.all(Array.from({ length: 16 }, (_, index) => (index % 2 ? under.progress : under.another).lead(subscription, randomUUID())));
        expect(all.filter((held) => held !== undefined)).toHaveLength(1);
      }
    }, GUARD);

    it('keeps the place from one lead to the next, at once after a resignation', async () => {
      const subscription = newName();
      const first = await lead(subscription);
      expect(first.position).toBeUndefined();
      expect(await first.commit({ position: at(5) })).toBe(true);
      await first.resign();
      const second = await under.another.lead(subscription, randomUUID());
      expect(second?.position).toBe(at(5));
    });

    it('keeps others out while the lease is renewed, and lets them in once it ran out', async () => {
      const subscription = newName();
      let first = await lead(subscription);
      let [began, renewed] = [performance.now(), performance.now()];
      while (performance.now() - began < under.lease * 1.25) {
        const asked = performance.now();
        const [isHeld, rival] = [await first.renew(), await under.another.lead(subscription, randomUUID())];
        if (performance.now() - renewed < under.lease) expect([isHeld, rival]).toEqual([true, undefined]);
        else {
          // a machine that stood still for longer than a lease says nothing: once more
          await rival?.resign();
          first = await lead(subscription);
          began = performance.now();
        }
        renewed = Math.max(asked, began);
        await new Promise((resolve) => setTimeout(resolve, under.lease / 10));
      }
      await lead(subscription, under.another);
      expect(await first.renew()).toBe(false);
    }, GUARD);

    it('fences who lost the lead: it writes nothing, moves nothing, and cannot end its successor\'s lead', async () => {
      const [subscription, id] = [newName(), randomUUID()];
      const stale = await lead(subscription);
      await stale.resign();
      const fresh = await lead(subscription, under.another);
      const parked = { key: 'k', position: at(1), event: '{}', error: 'x', attempts: 5 };
      const step = { ...rows(put({ id, a: 1 })), seen: [{ key: 'k', sequence: at(1) }], park: [parked] };
      expect([await stale.commit({ position: at(1), ...step }), await stale.commit(step), await stale.renew()]).toEqual([false, false, false]);
      await stale.resign();
      expect(await under.progress.lead(subscription, randomUUID())).toBeUndefined();
      expect([await rowsOf(id), await fresh.parked(), [...(await fresh.seen(['k']))]]).toEqual([[], [], []]);
      expect(await fresh.commit({ position: at(1), ...step })).toBe(true);
      expect(await rowsOf(id)).toHaveLength(1);
    }, GUARD);

    it('never moves a place backwards', async () => {
      const [subscription, id] = [newName(), randomUUID()];
      const held = await lead(subscription);
      await held.commit({ position: at(5) });
      expect(await held.commit({ position: at(4), ...rows(put({ id })) }).catch(() => false)).toBe(false);
      expect(await rowsOf(id)).toEqual([]);
      await held.resign();
      expect((await lead(subscription, under.another)).position).toBe(at(5));
    });

    it('commits rows, place, seen and parking together or not at all', async () => {
      const [subscription, id] = [newName(), randomUUID()];
      const held = await lead(subscription);
      const parked = { key: 'k', position: at(1), event: '{}', error: 'x', attempts: 5 };
      const bad = { table: { ...under.table, name: `${under.table.name}_that_is_not_there` }, rows: [put({ id, a: 1 })] };
      await expect(refusingUnknown(held, { position: at(1), ...bad, seen: [{ key: 'k', sequence: at(1) }], park: [parked] })).rejects.toThrow();
      expect([await held.parked(), [...(await held.seen(['k']))]]).toEqual([[], []]);
      expect(await held.commit({ position: at(1), ...rows(put({ id, a: 1 })), seen: [{ key: 'k', sequence: at(1) }], park: [parked] })).toBe(true);
      expect([await rowsOf(id), await held.parked(), [...(await held.seen(['k']))]]).toMatchObject([[{ id, a: 1 }], [parked], [['k', at(1)]]]);
    });

    it('keeps the newest sequence of each key, for each subscription by itself', async () => {
      const held = await lead(newName());
      await held.commit({ seen: [{ key: 'a', sequence: at(3) }, { key: 'b', sequence: at(1) }] });
      await held.commit({ seen: [{ key: 'a', sequence: at(2) }, { key: 'b', sequence: at(4) }] });
      expect([...(await held.seen(['a', 'b', 'c']))].sort()).toEqual([['a', at(3)], ['b', at(4)]]);
      expect((await (await lead(newName())).seen(['a'])).size).toBe(0);
    });

    it('gives back what is parked, oldest first and whole, until it was handled', async () => {
      const held = await lead(newName());
      const item = (key: string, number: number): Parked => ({ key, position: at(number), event: '{"é":"\\u0000"}', error: 'x', attempts: 1 });
      await held.commit({ position: at(9), park: [item('b', 3), item('a', 2), item('a', 9)] });
      expect((await held.parked()).map(({ key, position: place }) => [key, place])).toEqual([['a', at(2)], ['b', at(3)], ['a', at(9)]]);
      await held.commit({ park: [{ ...item('a', 2), error: 'again', attempts: 6 }] });
      await held.commit({ unpark: [{ key: 'a', position: at(9) }, { key: 'a', position: at(3) }] });
      expect(await held.parked()).toMatchObject([{ ...item('a', 2), error: 'again', attempts: 6 }, item('b', 3)]);
      expect(held.position).toBe(at(9));
    });

    it('puts rows by key, keeps columns that a row does not name, and removes before it puts', async () => {
      const held = await lead(newName());
      const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
      await held.commit({ position: at(1), ...rows(put({ id: one, a: 1, b: 1 }), put({ id: two, a: 1, b: 1 }), put({ id: three, a: 1 })) });
      await held.commit({ position: at(2), ...rows(remove({ id: two }), remove({ id: three }), put({ id: one, a: 2 }), put({ id: two, a: 2 })) });
      const read = [...(await rowsOf(one)), ...(await rowsOf(two)), ...(await rowsOf(three))].map(({ id, a, b }) => [id, a, b ?? null]);
      expect(read).toEqual([[one, 2, 1], [two, 2, null]]);
    });

    it('is taken over from a process that stands still inside a step, which writes nothing when it goes on', async () => {
      if (!under.foreign) return expect(under.progress).toBe(under.another); // one process is all there is
      const subscription = newName();
      const follower = await under.foreign(subscription);
      frozen.push(follower);
      follower.stop();
      const held = await lead(subscription);
      const before = await rowsOf(subscription);
      expect(await held.commit({ position: at(1_000_000), ...rows(put({ id: subscription, a: -1 })) })).toBe(true);
      follower.resume();
      expect(await follower.ended).toBe('fenced');
      expect([before.length <= 1, await rowsOf(subscription)]).toMatchObject([true, [{ a: -1 }]]);
      expect(await held.commit({ position: at(1_000_001) })).toBe(true);
    }, GUARD);
  });

/** An adapter may know its tables only by writing to them. */
const refusingUnknown = async (held: Lead, step: Parameters<Lead['commit']>[0]): Promise<void> => {
  if (!(await held.commit(step))) throw new Error('fenced');
};
