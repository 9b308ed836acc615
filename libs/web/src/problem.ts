import { HttpException } from '@nestjs/common';

/** One thing wrong with a request: which field, which rule, and the way out as a sentence. */
export type FieldError = Readonly<{ field: string; rule: string; message: string }>;

/** What a problem says (RFC 9457). `type` is a stable code `<service>/<snake_case>`; `retryAfter` is in seconds. */
export type ProblemDetails = Readonly<{ type: string; title: string; status: number; detail?: string; errors?: readonly FieldError[]; retryAfter?: number }>;

/** An answer that is not a success, as `application/problem+json`. */
export class Problem extends HttpException {
  constructor(readonly details: ProblemDetails) {
    super(details.title, details.status);
  }
}

/** The code of a proof of possession that is missing or wrong (RFC 9449 section 7.1). */
export const INVALID_PROOF = 'web/invalid_proof';

/** Somebody else's, or nothing at all: both look the same. */
export const notFound = (): Problem => new Problem({ type: 'web/not_found', title: 'There is nothing at this address', status: 404, detail: 'Check the address; what belongs to somebody else is not shown either.' });
