import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Registry } from 'prom-client';
import type { SubscriptionState } from '@symbolon/event-sourcing';
import type { Figure } from '@symbolon/web';

/** What the probes ask. */
export type Condition = Readonly<{
  /** Everything that keeps the process from taking traffic; empty: ready. */
  hindrances(): Promise<readonly string[]>;
  subscriptions(): readonly SubscriptionState[];
  /** What services say of themselves; none before they are wired. */
  figures?(): readonly Figure[];
}>;

/** One registry for the life of the process: its counters only ever grow, and what the subscriptions say is asked for at each reading. */
async function metricsOf(condition: Condition): Promise<Registry> {
  const { collectDefaultMetrics, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 }); // milliseconds: each of them wakes the process
  const gauge = (name: string, help: string, value: (state: SubscriptionState) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['subscription'],
      registers: [registry],
      collect() {
        this.reset();
        for (const state of condition.subscriptions()) this.set({ subscription: state.subscription }, value(state));
      },
    });
  gauge('symbolon_subscription_lag_seconds', 'Age of the oldest event that waits to be handled', ({ lag }) => lag / 1000);
  gauge('symbolon_subscription_parked', 'Events parked behind their keys', ({ parked }) => parked);
  gauge('symbolon_subscription_parked_keys', 'Keys that have something parked: each waits for an operator, the others go on', ({ parkedKeys }) => parkedKeys);
  gauge('symbolon_subscription_stopped', '1 where it stands still for a fault that is not the events’', ({ stopped }) => Number(stopped !== undefined));
  gauge('symbolon_subscription_leading', '1 where this process leads', ({ leading }) => Number(leading));
  gauge('symbolon_subscription_ready', '1 where its engines are reachable', ({ ready }) => Number(ready));
  return registry;
}

/** Reads what services say of themselves; a figure that cannot be read is left out, and the others are told. */
async function readFigures(registry: Registry, figures: readonly Figure[]): Promise<void> {
  const { Gauge } = await import('prom-client');
  for (const { name, help, labels, read } of figures) {
    const values = await read().catch(() => undefined);
    registry.removeSingleMetric(name); // from here on nothing waits: two readings at once do not register it twice
    if (!values) continue;
    const gauge = new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
    for (const { labels: of, value } of values) gauge.set(of, value);
  }
}

/** Keys that have something parked, by subscription: whoever is behind them waits, and no traffic has to be kept away for it. */
const parkedIn = (states: readonly SubscriptionState[]): Record<string, number> => Object.fromEntries(states.filter(({ parkedKeys }) => parkedKeys > 0).map(({ subscription, parkedKeys }) => [subscription, parkedKeys]));

/** `/healthz`, `/readyz`, `/metrics` on a port of their own. */
export async function openOperations(port: number, bind: string, condition: Condition): Promise<Server> {
  const registry = await metricsOf(condition);
  const server = createServer(async (request, response) => {
    const answer = (status: number, content: string, type = 'application/json') => response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(content);
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, '{}');
      switch (request.url?.split('?')[0]) {
        case '/healthz':
          return answer(200, '{"status":"ok"}');
        case '/readyz': {
          const hindrances = await condition.hindrances();
          return answer(hindrances.length === 0 ? 200 : 503, JSON.stringify({ status: hindrances.length === 0 ? 'ready' : 'not ready', hindrances, parked: parkedIn(condition.subscriptions()) }));
        }
        case '/metrics':
          await readFigures(registry, condition.figures?.() ?? []);
          return answer(200, await registry.metrics(), 'text/plain; version=0.0.4; charset=utf-8');
        default:
          return answer(404, '{}');
      }
    } catch {
      return answer(503, JSON.stringify({ status: 'not ready', hindrances: ['the probe itself failed'] }));
    }
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(port, bind, done));
  return server;
}
