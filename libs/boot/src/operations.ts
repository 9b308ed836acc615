import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Registry } from 'prom-client';
import type { SubscriptionState } from '@symbolon/event-sourcing';

/** What the probes ask. */
export type Condition = Readonly<{
  /** Everything that keeps the process from taking traffic; empty: ready. */
  hindrances(): Promise<readonly string[]>;
  subscriptions(): readonly SubscriptionState[];
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
  gauge('symbolon_subscription_leading', '1 where this process leads', ({ leading }) => Number(leading));
  gauge('symbolon_subscription_ready', '1 where its engines are reachable', ({ ready }) => Number(ready));
  return registry;
}

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
          return answer(hindrances.length === 0 ? 200 : 503, JSON.stringify({ status: hindrances.length === 0 ? 'ready' : 'not ready', hindrances }));
        }
        case '/metrics':
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
