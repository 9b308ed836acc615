import { runSubscription, timeToWait } from '@symbolon/event-sourcing';
import type { Position, RunningSubscription, Subscription, SubscriptionState, Wiring } from '@symbolon/event-sourcing';
import type { Log } from '@symbolon/web';
import { replaced } from './known-log.js';

type Follower = Readonly<{ service: string; subscription: Subscription; running: RunningSubscription }>;

/** The running subscriptions of this process. */
export type Followers = Readonly<{
  start(service: string, subscriptions: readonly Subscription[], wiring: Wiring, signal: AbortSignal): void;
  states(): readonly SubscriptionState[];
  all(): readonly Follower[];
  /** Until the subscription's own place is at `position`. */
  waitFor(subscription: string, position: Position, milliseconds?: number): Promise<boolean>;
  done(): Promise<void>;
}>;

const pollEvery = 50;

/** `positionOf` reads a kept position, for subscriptions that another process leads. */
export function followers(log: Log, positionOf: (subscription: string) => Promise<Position | undefined>): Followers {
  const running = new Map<string, Follower>();
  const waiting = new Map<string, Set<() => void>>();
  const said = new Set<string>();
  const hooks = {
    changed: ({ subscription, ready }: SubscriptionState) => {
      if (ready) said.clear();
      waiting.get(subscription)?.forEach((look) => look());
    },
    parked: (subscription: string, { key, error }: { key: string; error: string }) => log.error({ subscription, key, error }, 'an event is parked'),
    waiting: (subscription: string, error: unknown) => {
      const sentence = replaced(error);
      if (sentence === undefined) log.warn({ subscription, error }, 'a subscription waits for an engine');
      else if (!said.has(sentence)) log.error({}, sentence); // once, not once for each subscription and try
      if (sentence !== undefined) said.add(sentence);
    },
    alarm: (subscription: string, reason: string) =>
      log.error({ subscription, reason }, 'a subscription stands still: what it needs of its engine is missing or refused. Mend that (docs/operations.md); it tries again by itself every two seconds'),
  };

  const reached = async (subscription: string, position: Position): Promise<boolean> => {
    const state = running.get(subscription)?.running.state();
    const at = state?.leading ? state.position : await positionOf(subscription).catch(() => undefined);
    return at !== undefined && at >= position;
  };

  /** Resolves at the next change of a subscription, or after `milliseconds`. */
  const nextChange = (subscription: string, milliseconds: number): Promise<void> =>
    new Promise((done) => {
      const looks = waiting.get(subscription) ?? new Set();
      waiting.set(subscription, looks);
      const finish = () => {
        clearTimeout(timer);
        looks.delete(finish);
        done();
      };
      const timer = setTimeout(finish, milliseconds);
      looks.add(finish);
    });

  return {
    start: (service, subscriptions, wiring, signal) => {
      for (const subscription of subscriptions) running.set(subscription.name, { service, subscription, running: runSubscription(subscription, wiring, signal, hooks) });
    },
    states: () => [...running.values()].map((follower) => follower.running.state()),
    all: () => [...running.values()],
    waitFor: async (subscription, position, milliseconds = 2_000) => {
      const until = Date.now() + timeToWait(milliseconds);
      for (;;) {
        if (await reached(subscription, position)) return true;
        const left = until - Date.now();
        if (left <= 0) return false;
        await nextChange(subscription, Math.min(left, pollEvery));
      }
    },
    done: async () => {
      await Promise.all([...running.values()].map((follower) => follower.running.done));
    },
  };
}
