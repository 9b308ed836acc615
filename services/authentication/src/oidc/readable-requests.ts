import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { basicFault, formFault, targetFault } from '@symbolon/web';
import type { Mount, Refuse, RequestFault } from '@symbolon/web';

/** No parameter of OAuth holds a control character (RFC 6749 appendix A), and none is as long. */
const PARAMETERS = { holds: 'line' } as const;

/** More than the library reads of a body. */
const LONGEST_BODY = 56 * 1024;

/** The provider behind a check of every parameter, wherever it travels: nothing that could not be kept reaches the library, its rows or an answer. */
export const readable =
  (handler: Mount['handler'], refuse: Refuse): Mount['handler'] =>
  (request, response) => {
    void faultIn(request).then((found) => {
      if (found === undefined) handler(request, response);
      else if (found !== 'gone') refuse(request, response, found);
    });
  };

async function faultIn(request: IncomingMessage): Promise<RequestFault | 'gone' | undefined> {
  const found = targetFault(request.url ?? '', PARAMETERS) ?? basicFault(request.headers.authorization, PARAMETERS);
  if (found || !/^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '')) return found;
  const body = await bodyOf(request);
  if (body === 'gone') return body;
  if (body === 'too_long') return { field: '', fault: body };
  replay(request, body);
  return formFault(body, PARAMETERS);
}

/** What was sent; `gone` when whoever sent it left. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | 'too_long' | 'gone'> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > LONGEST_BODY) return 'too_long';
      chunks.push(chunk as Buffer);
    }
  } catch {
    return 'gone';
  }
  return Buffer.concat(chunks);
}

/** The library reads the request as a stream; what was read of it here is given to it once more. */
function replay(request: IncomingMessage, body: Buffer): void {
  const again = Readable.from(body.length === 0 ? [] : [body]);
  Object.defineProperties(request, { readable: { value: true }, iterator: { value: (options: object) => again.iterator(options) } });
}
