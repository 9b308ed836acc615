import { Agent, request } from 'node:http';

/**
 * Keeps `workers` requests under way for `milliseconds` and counts those that `act` completes.
 * `act(worker, agent)` throws when the answer was not the right one: a fast wrong answer is no figure.
 * Resolves to completions per second.
 */
export async function perSecond({ workers, milliseconds, act }) {
  const agent = new Agent({ keepAlive: true, maxSockets: workers });
  let done = 0;
  const start = performance.now();
  const end = start + milliseconds;
  try {
    await Promise.all(
      Array.from({ length: workers }, async (_, worker) => {
        while (performance.now() < end) {
          await act(worker, agent);
          done += 1;
        }
      }),
    );
  } finally {
    agent.destroy();
  }
  return done / ((performance.now() - start) / 1_000);
}

/** One request; resolves to status, headers and text. `form` is sent urlencoded. */
export function send(url, { method = 'GET', headers = {}, form, agent } = {}) {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { method, agent, headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }) } },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() }));
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
