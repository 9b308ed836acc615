import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable, type Bus, type Delivered, type Message } from '@symbolon/event-sourcing';
import type { Link } from './link.js';
import { GUARD, hex, many, newMessage, newTopic, onceAvailable, shuffled, take } from './material.js';

/** One engine and three clients of it. */
export type BusUnderTest = Readonly<{
  bus: Bus;
  another: Bus;
  /** A client whose way to the engine is `link`, with a deadline of about a second. */
  remote: Bus;
  link: Link;
  close(): Promise<void>;
}>;

/** What every bus keeps. Delivery may repeat; nothing here looks at order between keys, topics or partitions. */
export const busSuite = (name: string, factory: () => Promise<BusUnderTest>): void =>
  describe(`the bus on ${name}`, () => {
    let under: BusUnderTest;
    beforeAll(async () => void (under = await factory()), GUARD);
    afterEach(() => under.link.heal());
    afterAll(() => under?.close());
    const receive = (topic: string, count: number, group = 'g', bus = under.bus): Promise<Delivered[]> =>
      take((signal) => bus.follow(topic, group, undefined, signal), (all) => new Set(all.map(({ id }) => id)).size >= count);

    it('delivers a message whole', async () => {
      const message = { ...newMessage(newTopic(), 'a key', 7), data: Uint8Array.from([0, 255, 34, 92]), metadata: Uint8Array.from([1, 0]) };
      await under.bus.publish([message]);
      const [got] = await receive(message.topic, 1);
      expect({ ...got, data: hex(got!.data), metadata: hex(got!.metadata) }).toMatchObject({ ...message, data: '00ff225c', metadata: '0100' });
      expect([typeof got!.partition, typeof got!.position]).toEqual(['number', 'string']);
    }, GUARD);

    it('keeps the order of each key of each topic, whatever is published around it', async () => {
      const [topics, keys, each] = [[newTopic(), newTopic(), newTopic()], many(12, 5), many(60, 12)];
      const lanes = topics.flatMap((topic) => Array.from({ length: keys }, (_, key) => Array.from({ length: each }, (__, at) => newMessage(topic, `key-${key}`, at + 1))));
      const received = topics.map((topic) => receive(topic, keys * each));
      await publishShuffled([under.bus, under.another], lanes);
      for (const [at, delivered] of (await Promise.all(received)).entries()) {
        expect(new Set(delivered.map(({ topic }) => topic))).toEqual(new Set([topics[at]]));
        for (const [key, sequences] of perKey(delivered)) expect([key, sequences]).toEqual([key, Array.from({ length: each }, (_, index) => newMessage('', '', index + 1).sequence)]);
      }
    }, GUARD);

    it('gives one key one partition, and positions that rise within it', async () => {
      const topic = newTopic();
      await under.bus.publish(shuffled(Array.from({ length: 60 }, (_, at) => newMessage(topic, `key-${at % 9}`, at))));
      const delivered = await receive(topic, 60);
      const partitions = Map.groupBy(delivered, ({ key }) => key);
      for (const messages of partitions.values()) expect(new Set(messages.map(({ partition }) => partition)).size).toBe(1);
      for (const messages of Map.groupBy(delivered, ({ partition }) => partition).values()) {
        const positions = messages.map(({ position }) => position);
        expect(positions).toEqual([...new Set(positions)].sort());
      }
    }, GUARD);

    it('gives every group everything, a late one from the beginning', async () => {
      const topic = newTopic();
      const messages = Array.from({ length: 20 }, (_, at) => newMessage(topic, `k${at % 4}`, at));
      const early = [receive(topic, 20, 'one'), receive(topic, 20, 'two', under.another)];
      await under.bus.publish(messages);
      const all = [...(await Promise.all(early)), await receive(topic, 20, 'late', under.another)];
      for (const delivered of all) expect(new Set(delivered.map(({ id }) => id))).toEqual(new Set(messages.map(({ id }) => id)));
    }, GUARD);

    it('goes on after the kept place and not before it', async () => {
      const topic = newTopic();
      await under.bus.publish(Array.from({ length: 12 }, (_, at) => newMessage(topic, 'k', at)));
      const all = await receive(topic, 12);
      for (const [at, { position }] of all.slice(0, -1).entries()) {
        const rest = await take((signal) => under.another.follow(topic, 'g', position, signal), (some) => some.at(-1)?.id === all.at(-1)!.id);
        expect(rest.map(({ id }) => id)).toEqual(all.slice(at + 1).map(({ id }) => id));
      }
    }, GUARD);

    it('has stored everything when it acknowledges, and wakes who waits', async () => {
      const topic = newTopic();
      const waiting = receive(topic, 3, 'idle', under.another);
      for (let at = 0; at < 3; at++) {
        await under.bus.publish([newMessage(topic, 'k', at)]);
        expect(await receive(topic, at + 1, 'fresh', under.another)).toHaveLength(at + 1);
      }
      expect(await waiting).toHaveLength(3);
    }, GUARD);

    it('ends a follower when its signal aborts', async () => {
      const over = new AbortController();
      const seen: unknown[] = [];
      setTimeout(() => over.abort(), 150);
      for await (const item of under.bus.follow(newTopic(), 'g', undefined, over.signal)) if (!('passed' in item)) seen.push(item);
      expect(seen).toEqual([]);
    }, GUARD);

    it('refuses a message without key and one that is too large, and publishes its neighbours', async () => {
      const topic = newTopic();
      const large = { ...newMessage(topic, 'k', 2), data: new Uint8Array(1024 * 1024) };
      const answers = await Promise.allSettled([[newMessage(topic, 'k', 1)], [large], [newMessage(topic, '', 3)], [newMessage(topic, 'k', 4)]].map((some) => under.bus.publish(some)));
      expect(answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as Error).name : 'stored'))).toEqual(['stored', 'Invalid', 'Invalid', 'stored']);
      expect(await receive(topic, 2)).toHaveLength(2);
    }, GUARD);

    it.each(['silence', 'cut'] as const)('says Unavailable when the engine is gone (%s), and goes on when it is back', async (how) => {
      const { remote, link } = under;
      const topic = newTopic();
      await onceAvailable(() => remote.publish([newMessage(topic, 'k', 1)]));
      const following = take((signal) => remote.follow(topic, 'g', undefined, signal), () => false).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 150));
      await link[how]();
      await expect(remote.publish([newMessage(topic, 'k', 2)])).rejects.toBeInstanceOf(Unavailable);
      expect(await following).toBeInstanceOf(Unavailable);
      await link.heal();
      await onceAvailable(() => remote.publish([newMessage(topic, 'k', 3)]));
      expect((await onceAvailable(() => receive(topic, 2, 'g', remote))).at(-1)!.sequence).toBe(newMessage('', '', 3).sequence);
    }, GUARD);
  });

/** Sequences of each key, as they first arrived. */
const perKey = (delivered: readonly Delivered[]): Map<string, string[]> => {
  const seen = new Set<string>();
  const first = delivered.filter(({ id }) => !seen.has(id) && seen.add(id));
  return new Map([...Map.groupBy(first, ({ key }) => key)].map(([key, messages]) => [key, messages.map(({ sequence }) => sequence)]));
};

/** Each lane in its order, one call after the acknowledgement of the one before; the lanes in any order and at once, mixed in calls. */
const publishShuffled = async (buses: readonly Bus[], lanes: readonly (readonly Message[])[]): Promise<void> => {
  const halves = [lanes.filter((_, at) => at % 2 === 0), lanes.filter((_, at) => at % 2 === 1)];
  await Promise.all(
    halves.map(async (mine, half) => {
      const left = mine.map((lane) => [...lane]);
      while (left.some((lane) => lane.length > 0)) await buses[half]!.publish(shuffled(left).flatMap((lane) => lane.splice(0, 1 + Math.floor(Math.random() * 4))));
    }),
  );
};
