import { Body, Controller, Get, Inject, Module, Post } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { RunningSubscription } from '@symbolon/event-sourcing';
import { Document, Problem, Scope } from '@symbolon/web';
import { z } from 'zod';
import type { Adapters } from './adapters.js';
import type { Followers } from './followers.js';

const FOLLOWERS = Symbol('followers');
const ADAPTERS = Symbol('adapters');

const RetryBody = z.strictObject({ subscription: z.string().min(1).max(200) });
const SkipBody = RetryBody.extend({ key: z.string().min(1).max(512), position: z.string().regex(/^[0-9a-f]{20}([0-9a-f]{16})?$/, 'Send the position that the list shows.') });
const ParkedList = z.object({ parked: z.array(z.object({ service: z.string(), subscription: z.string(), key: z.string(), position: z.string(), event: z.string(), error: z.string(), attempts: z.int() })) });
const Retried = z.object({ handled: z.int(), left: z.int() });
type Retry = z.output<typeof RetryBody>;
type Skip = z.output<typeof SkipBody>;
type Row = Readonly<{ subscription: string; key: string; position: string; event: string; error: string; attempts: number }>;

const ledElsewhere = (): Problem => new Problem({ type: 'operations/led_elsewhere', title: 'Another process leads this subscription', status: 409, detail: 'Ask again in some seconds, or ask that process.' });

/** What could not be handled: seen, and tried again or passed over by command. */
@Controller('api/operations/v1/parked')
export class ParkedController {
  constructor(
    @Inject(FOLLOWERS) private readonly followers: Followers,
    @Inject(ADAPTERS) private readonly adapters: Adapters,
  ) {}

  @Get()
  @Scope('operations:write')
  @Document({ summary: 'Events that could not be handled, with their errors', answer: ParkedList })
  async list(): Promise<{ parked: readonly (Row & { service: string })[] }> {
    const services = [...new Set(this.followers.all().map(({ service }) => service))];
    const rows = services.map(async (service) => {
      const { rows } = await this.adapters.databaseOf(service).query<Row>(`select subscription, key, position, event, error, attempts from ${service}.parked order by subscription, key, position limit 1000`);
      return rows.map((row) => ({ service, ...row }));
    });
    return { parked: (await Promise.all(rows)).flat() };
  }

  @Post('retry')
  @Scope('operations:write')
  @Document({ summary: 'Handles the parked events of a subscription again, in their order', answer: Retried, answers: { 201: 'Tried', 404: 'operations/unknown_subscription', 409: 'operations/led_elsewhere' } })
  async retry(@Body({ schema: RetryBody }) { subscription }: Retry): Promise<{ handled: number; left: number }> {
    const done = await this.#running(subscription).retryParked();
    if (!done) throw ledElsewhere();
    return done;
  }

  @Post('skip')
  @Scope('operations:write')
  @Document({ summary: 'Gives up one event, the oldest of its key, and handles those behind it', answer: Retried, answers: { 201: 'Passed over', 404: 'operations/unknown_subscription', 409: 'operations/not_the_oldest' } })
  async skip(@Body({ schema: SkipBody }) { subscription, key, position }: Skip): Promise<{ handled: number; left: number }> {
    const running = this.#running(subscription);
    const done = await running.skipParked(key, position);
    if (done) return done;
    if (!running.state().leading) throw ledElsewhere();
    throw new Problem({ type: 'operations/not_the_oldest', title: 'This is not the oldest parked event of its key', status: 409, detail: 'This is not the oldest parked event of its key: it was handled or passed over meanwhile, or another one stands before it. symbolon parked list shows which.' });
  }

  #running(name: string): RunningSubscription {
    const follower = this.followers.all().find(({ subscription }) => subscription.name === name);
    if (!follower) throw new Problem({ type: 'operations/unknown_subscription', title: 'There is no such subscription', status: 404, detail: `No subscription is called ${name}; symbolon parked list shows their names.` });
    return follower.running;
  }
}

@Module({})
class OperationsModule {}

/** The controller with what it looks at. */
export const operationsModule = (following: Followers, adapters: Adapters): DynamicModule => ({
  module: OperationsModule,
  controllers: [ParkedController],
  providers: [
    { provide: FOLLOWERS, useValue: following },
    { provide: ADAPTERS, useValue: adapters },
  ],
});
