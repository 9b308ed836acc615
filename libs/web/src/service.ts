import type { DynamicModule } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bus, Codec, Command, CommandHandler, Decider, DomainEvent, EventStore, Position, Subscription } from '@symbolon/event-sourcing';
import type { Database } from '@symbolon/postgres';
import type { Vault } from '@symbolon/vault';
import type { Configuration } from './configuration.js';
import type { RequestFault } from './request-text.js';
import type { SitePages } from './site-pages.js';

/** What a service is given by `boot`: adapters behind their ports, already chosen. */
export type Ports<E extends DomainEvent = DomainEvent> = Readonly<{
  configuration: Configuration;
  store: EventStore;
  bus: Bus;
  codec: Codec<E>;
  database: Database;
  vault: Vault;
  /**
   * Resolves true when `subscription` has handled the log or topic up to `position`, false after `milliseconds` (default 2,000). With `key`
   * (a subject): when it has handled that key's event which was published from `position`; this is what a follower of a topic is asked.
   */
  waitFor(subscription: string, position: Position, milliseconds?: number, key?: string): Promise<boolean>;
  /** Resolves true when the token guard of every service refuses what rests on an earlier `epoch` of `key` (revocations.ts); false after `milliseconds` (default 1,000). */
  revoked(key: string, epoch: string, milliseconds?: number): Promise<boolean>;
  /** Resolves when something is written into the table `work` (schema and name) whose trigger tells so, after `milliseconds`, or when `signal` aborts. A hint, never a promise. */
  woken(work: string, milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Asks another service a question over request/reply; throws `Unavailable` after `milliseconds` without an answer. */
  ask<A>(question: string, payload: object, milliseconds?: number): Promise<A>;
  /** Command handler over this service's store and codec. */
  handler<S, C extends Command, R extends string>(decider: Decider<S, C, any, R>): CommandHandler<C, R>;
  log: Log;
}>;

/** Structured log; never personal data. */
export type Log = Readonly<Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>>;

/** A plain request handler put before Nest's body parsers (the OIDC provider). */
export type Mount = Readonly<{ path: string; handler: (request: IncomingMessage, response: ServerResponse) => void }>;

/** Answers with 400 a request outside the APIs that holds what cannot be kept, as whoever sent it reads answers: a page, or JSON where a machine asks. */
export type Refuse = (request: IncomingMessage, response: ServerResponse, found: RequestFault) => void;

/** Runs from start to drain; `signal` aborts at drain, then `run` must return soon. Restarted with back-off when it throws. */
export type Worker = Readonly<{ name: string; run(signal: AbortSignal): Promise<void> }>;

/** A number of a service in `/metrics`, asked for at each reading; one value for each set of labels. Never personal data. */
export type Figure = Readonly<{ name: string; help: string; labels: readonly string[]; read(): Promise<readonly Readonly<{ labels: Readonly<Record<string, string>>; value: number }>[]> }>;

/** What a seed wants the operator to know, by the name it has in `admin.json`. */
export type SeedFacts = Readonly<Record<string, string>>;

/** A service as `boot` wires it. `pages`: of the one service that draws pages, for the whole process. */
export type Wired = Readonly<{ module: DynamicModule; mounts?: readonly Mount[]; workers?: readonly Worker[]; figures?: readonly Figure[]; refuse?: Refuse; pages?: SitePages; close?(): Promise<void> }>;

/** What a service's `index.ts` exports: data about it, and how to wire it to ports. */
export type Service<E extends DomainEvent = any> = Readonly<{
  name: string;
  /** Folder of its migrations, `NNNN_what.sql`. */
  migrations: URL;
  /** Categories of its streams in the event store. */
  categories: readonly string[];
  /** Generated file descriptor of its private events (libs/events reads it). */
  events: unknown;
  subscriptions: readonly Subscription[];
  wire(ports: Ports<E>): Promise<Wired>;
  /**
   * Brings what a fresh installation needs (first administrator, shipped purposes). Runs at every start, after the APIs listen; repeatable.
   * May give facts for `admin.json` (authentication: `email`, `password`, `client_id`, `client_secret`): the same ones at every start, for
   * the process may have been killed before they were written down (derive secrets from `configuration.keys`).
   */
  seed?(ports: Ports<E>): Promise<SeedFacts | void>;
}>;
