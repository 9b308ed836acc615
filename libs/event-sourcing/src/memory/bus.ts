import type { Bus, Delivered, Message } from '../bus.js';
import { Invalid } from '../event-store.js';
import { position } from '../position.js';
import { Ring } from './ring.js';

/** A bus that lives as long as the process: for specs. One partition a topic. */
export const memoryBus = (): Bus => {
  const topics = new Map<string, Delivered[]>();
  const ring = new Ring();
  const of = (topic: string): Delivered[] => {
    const messages = topics.get(topic) ?? [];
    topics.set(topic, messages);
    return messages;
  };

  return {
    async publish(messages: readonly Message[]) {
      messages.forEach(mustBeValid);
      for (const message of messages) {
        const there = of(message.topic);
        there.push({ ...message, partition: 0, position: position(0, BigInt(there.length + 1)) });
      }
      ring.ring();
    },

    async *follow(topic, _group, after, signal): AsyncIterable<Delivered> {
      const messages = of(topic);
      let next = messages.filter((message) => after !== undefined && message.position <= after).length;
      while (!signal.aborted) {
        const rung = ring.wait(signal);
        while (next < messages.length && !signal.aborted) yield messages[next++]!;
        await rung;
      }
    },
  };
};

const mustBeValid = ({ key, metadata, data }: Message): void => {
  if (key === '') throw new Invalid('bus/bad_key', 'a message has a key');
  if (metadata.length + data.length >= 1024 * 1024) throw new Invalid('bus/message_too_large', 'a message is smaller than 1 MiB');
};
