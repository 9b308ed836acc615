import { Body, Controller, Get, Inject, Module, Post } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Document, Problem, Scope } from '@symbolon/web';
import { z } from 'zod';
import type { Adapters } from './adapters.js';
import type { Followers } from './followers.js';

const FOLLOWERS = Symbol('followers');
const ADAPTERS = Symbol('adapters');

const RetryBody = z.strictObject({ subscription: z.string().min(1).max(200) });
const ParkedList = z.object({ parked: z.array(z.object({ service: z.string(), subscription: z.string(), key: z.string(), position: z.string(), event: z.string(), error: z.string(), attempts: z.int() })) });
const Retried = z.object({ handled: z.int(), left: z.int() });
type Retry = z.output<typeof RetryBody>;
type Row = Readonly<{ subscription: string; key: string; position: string; event: string; error: string; attempts: number }>;

/** What could not be handled: seen, and tried again by command. */
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
    const follower = this.followers.all().find(({ subscription: { name } }) => name === subscription);
    if (!follower) throw new Problem({ type: 'operations/unknown_subscription', title: 'There is no such subscription', status: 404, detail: `No subscription is called ${subscription}; symbolon parked list shows their names.` });
    const done = await follower.running.retryParked();
    if (!done) throw new Problem({ type: 'operations/led_elsewhere', title: 'Another process leads this subscription', status: 409, detail: 'Ask again in some seconds, or ask that process.' });
    return done;
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
