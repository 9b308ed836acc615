// A process that follows one category and handles an event each 5 ms; prints its memory in MB after so many milliseconds. `--expose-gc`
import { eventStoreDB } from '../../../libs/eventstoredb/dist/index.js';

const [url, from, milliseconds] = process.argv.slice(2);
const store = eventStoreDB({ url, deadline: 20_000 });
const over = new AbortController();
const after = from === 'end' ? await store.head() : undefined;
setTimeout(() => over.abort(), Number(milliseconds));
let handled = 0;
for await (const item of store.follow(['profile'], after, over.signal)) {
  if (!('passed' in item)) handled += 1;
  await new Promise((resolve) => setTimeout(resolve, 5));
}
globalThis.gc();
console.log(JSON.stringify({ handled, megabytes: process.memoryUsage.rss() / 2 ** 20 }));
process.exit(0);
