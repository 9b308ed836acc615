// Two workers that hash passwords and do nothing else; `GET /` answers with the hashes a second of the next four seconds.
import { createServer } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { hashSync } from '@node-rs/argon2';

if (isMainThread) {
  const workers = [0, 1].map(() => new Worker(fileURLToPath(import.meta.url)));
  const server = createServer(async (_request, response) => {
    const counts = await Promise.all(
      workers.map((worker) => {
        worker.postMessage(4_000);
        return new Promise((resolve) => worker.once('message', resolve));
      }),
    );
    response.end(JSON.stringify({ perSecond: counts.reduce((sum, count) => sum + count, 0) }));
  }).listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
} else {
  parentPort.on('message', (milliseconds) => {
    const start = performance.now();
    let done = 0;
    for (; performance.now() - start < milliseconds; done += 1) hashSync('a password that nobody has', { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    parentPort.postMessage(done / ((performance.now() - start) / 1_000));
  });
}
