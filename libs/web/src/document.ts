import { SetMetadata } from '@nestjs/common';
import type { ZodType } from 'zod';

/**
 * What the API document says of a route beside what the code says already (path, scope, body, headers, and the refusals of every route). `answer`: the body of a
 * success. `answers`: words for each further status, and for the usual ones where there is more to say. `ifMatch` false: the route decides nothing by a revision.
 */
export type Documented = Readonly<{ summary: string; answer: ZodType; answers?: Readonly<Record<number, string>>; ifMatch?: false }>;

/** Metadata key of a route's documentation. */
export const DOCUMENTED = 'symbolon:documented';

/** Documents a route: one line, the body that it answers, and what each status means. */
export const Document = (documented: Documented): MethodDecorator => SetMetadata(DOCUMENTED, documented) as MethodDecorator;
