import type { Bus } from './bus.js';
import type { Codec } from './codec.js';
import type { CommandHandler } from './command-handler.js';
import type { Decider } from './decider.js';
import type { EventStore } from './event-store.js';
import type { Position } from './event.js';
import type { Progress } from './progress.js';
import { Alarms, StandsStill } from './parking.js';
import type { Parked, Subscription } from './subscription.js';
import { Fenced, Turn, type Retried } from './turn.js';

/** What the loop works with. */
export type Wiring = Readonly<{
  store: EventStore;
  bus: Bus;
  progress: Progress;
  /** The service's own private events. */
  codec: Codec;
  /** Public events of a topic, for reading and for publishing. */
  publicCodec(topic: string): Codec;
  /** The service's command handler for a reaction's decider. */
  handlerFor(decider: Decider<any, any, any, any>): CommandHandler<any, string>;
  /** UUID of this process. */
  owner: string;
  timing?: Partial<Timing>;
}>;

/** Milliseconds. */
export type Timing = Readonly<{ poll: number; renew: number; retry: number; backOff: number }>;

/** What probes and metrics want to know. */
export type SubscriptionState = Readonly<{
  subscription: string;
  leading: boolean;
  /** False while it waits for an engine, or stands still: its results are getting old. Events that are parked keep nobody but their own keys. */
  ready: boolean;
  position: Position | undefined;
  /** Events that are parked, and their keys. */
  parked: number;
  parkedKeys: number;
  /** Milliseconds between the last handled event and now; 0 when there is nothing left to handle. */
  lag: number;
  /** Why it stands still although its engines answer: a fault of the engine or of ours. It tries again by itself. */
  stopped?: string;
}>;

/** Called by the loop; must not throw. */
export type Hooks = Readonly<{
  changed?(state: SubscriptionState): void;
  parked?(subscription: string, item: Parked): void;
  waiting?(subscription: string, error: unknown): void;
  alarm?(subscription: string, reason: string): void;
}>;

/** A running loop. */
export interface RunningSubscription {
  /** Resolves when the signal aborted and the last step ended. Never rejects. */
  readonly done: Promise<void>;
  state(): SubscriptionState;
  /** Tries again what is parked, key by key in order; undefined when somebody else leads. `left` is what is parked still. */
  retryParked(): Promise<Retried | undefined>;
  /** Gives up one parked event, the oldest of its key, and handles those behind it; undefined when it is not the oldest one, or somebody else leads. */
  skipParked(key: string, position: Position): Promise<Retried | undefined>;
}

/** The one loop: leads, follows, handles, keeps the place; until `signal` aborts. */
export const runSubscription = (subscription: Subscription, wiring: Wiring, signal: AbortSignal, hooks: Hooks = {}): RunningSubscription =>
  new Run(subscription, wiring, signal, hooks);

const TIMING: Timing = { poll: 500, renew: 1000, retry: 50, backOff: 100 };
/** An engine that came back is noticed within this time and that of one try. */
const LONGEST_BACK_OFF = 2_000;

class Run implements RunningSubscription {
  readonly done: Promise<void>;
  readonly #timing: Timing;
  #turn: Turn | undefined;
  #away = false;
  #backOff = 0;
  #stopped: string | undefined;
  #last: Pick<SubscriptionState, 'position' | 'parked' | 'parkedKeys'> = { position: undefined, parked: 0, parkedKeys: 0 };

  constructor(
    readonly subscription: Subscription,
    readonly wiring: Wiring,
    readonly signal: AbortSignal,
    readonly hooks: Hooks,
  ) {
    this.#timing = { ...TIMING, ...wiring.timing };
    this.#backOff = this.#timing.backOff;
    this.done = this.#run();
  }

  state(): SubscriptionState {
    const { position, parked, parkedKeys } = this.#turn ?? this.#last;
    const ready = !this.#away && this.#stopped === undefined;
    const lag = this.#turn?.lag ?? 0;
    return { subscription: this.subscription.name, leading: this.#turn !== undefined, ready, position, parked, parkedKeys, lag, ...(this.#stopped && { stopped: this.#stopped }) };
  }

  async retryParked(): Promise<Retried | undefined> {
    return this.#turn?.retryParked();
  }

  async skipParked(key: string, position: Position): Promise<Retried | undefined> {
    return this.#turn?.skipParked(key, position);
  }

  async #run(): Promise<void> {
    const alarms = new Alarms();
    while (!this.signal.aborted) {
      let pause = this.#timing.poll;
      try {
        await this.#lead(alarms);
        this.#away = false;
      } catch (error) {
        if (error instanceof StandsStill) this.#stop(error.message);
        else this.hooks.waiting?.(this.subscription.name, error);
        this.#away = true;
        pause = this.#backOff;
        this.#backOff = Math.min(this.#backOff * 2, LONGEST_BACK_OFF);
      }
      this.#changed();
      await pauseFor(pause, this.signal);
    }
  }

  /** One time of leading, from the lease to its loss. */
  async #lead(alarms: Alarms): Promise<void> {
    const { subscription, wiring, signal, hooks } = this;
    const lead = await wiring.progress.lead(subscription.name, wiring.owner);
    if (!lead) return;
    const turn = new Turn(subscription, wiring, this.#timing, lead, alarms, {
      began: () => this.#changed(),
      worked: () => this.#worked(),
      handled: () => this.#goOn(),
      parked: (item) => hooks.parked?.(subscription.name, item),
    });
    this.#turn = turn;
    try {
      await turn.follow(signal);
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
    } finally {
      this.#last = { position: turn.position, parked: turn.parked, parkedKeys: turn.parkedKeys };
      this.#turn = undefined;
      await lead.resign().catch(() => undefined); // the lease runs out by itself
    }
  }

  #worked(): void {
    this.#away = false;
    if (this.#stopped === undefined) this.#backOff = this.#timing.backOff;
    this.#changed();
  }

  /** Says it once, however often it is tried again for the same reason. */
  #stop(reason: string): void {
    if (this.#stopped !== reason) this.hooks.alarm?.(this.subscription.name, reason);
    this.#stopped = reason;
  }

  #goOn(): void {
    if (this.#stopped === undefined) return;
    this.#stopped = undefined;
    this.#worked();
  }

  #changed(): void {
    this.hooks.changed?.(this.state());
  }
}

const pauseFor = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
