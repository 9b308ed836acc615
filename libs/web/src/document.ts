import { SetMetadata } from '@nestjs/common';
import type { ZodType } from 'zod';

/** What the API document says of a route beside what the code says already (path, scope, body). */
export type Documented = Readonly<{ summary: string; answers?: Readonly<Record<number, ZodType | string>> }>;

/** Metadata key of a route's documentation. */
export const DOCUMENTED = 'symbolon:documented';

/** Documents a route: one line, and the answers by status. */
export const Document = (documented: Documented): MethodDecorator => SetMetadata(DOCUMENTED, documented) as MethodDecorator;
