import { Body, Controller, Get, HttpCode, HttpStatus, Inject, Module, Post } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Document, Scope } from '@symbolon/web';
import { z } from 'zod';
import { Rebuilds } from './rebuilds.js';
import type { Rebuild } from './rebuilds.js';

const TableList = z.object({ tables: z.array(z.object({ subscription: z.string(), table: z.string() })) });
const RebuildState = z.object({
  subscription: z.string(), table: z.string(), state: z.enum(['building', 'comparing', 'switching', 'switched', 'failed']), percent: z.number(), parked: z.int().optional(), fault: z.string().optional(),
  comparison: z.object({ live: z.int(), next: z.int(), onlyLive: z.int(), onlyNext: z.int() }).optional(),
});
const RebuildBody = z.strictObject({ subscription: z.string().min(1).max(200) });

/** Read tables: which there are, and how one is made again. */
@Controller('api/operations/v1/tables')
export class TablesController {
  constructor(@Inject(Rebuilds) private readonly rebuilds: Rebuilds) {}

  @Get()
  @Scope('operations:write')
  @Document({ summary: 'Read tables with the subscription that fills each', answer: TableList })
  list() {
    return { tables: this.rebuilds.tables() };
  }

  @Get('rebuilds')
  @Scope('operations:write')
  @Document({ summary: 'Rebuilds since the start of this process: how far each is, or how it ended', answer: z.object({ rebuilds: z.array(RebuildState) }) })
  all() {
    return { rebuilds: this.rebuilds.all() };
  }

  @Post('rebuild')
  @HttpCode(HttpStatus.ACCEPTED)
  @Scope('operations:write')
  @Document({ summary: 'Builds a read table again from the log beside the live one, compares the two and switches', answer: RebuildState, answers: { 202: 'Begun; the list of rebuilds says how far it is', 404: 'operations/unknown_subscription', 409: 'operations/rebuild_under_way' } })
  rebuild(@Body({ schema: RebuildBody }) { subscription }: z.output<typeof RebuildBody>): Promise<Rebuild> {
    return this.rebuilds.start(subscription);
  }
}

@Module({})
class TablesModule {}

/** The controller with what it works on. */
export const tablesModule = (rebuilds: Rebuilds): DynamicModule => ({ module: TablesModule, controllers: [TablesController], providers: [{ provide: Rebuilds, useValue: rebuilds }] });
