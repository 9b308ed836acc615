import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';

/** argon2id with the parameters of the OWASP password storage guidance; synchronous, since the asynchronous form would share the thread pool that signs tokens. */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

type Work = Readonly<{ id: number; password: string; hash?: string }>;

parentPort!.on('message', ({ id, password, hash }: Work) => {
  try {
    parentPort!.postMessage({ id, answer: hash === undefined ? hashSync(password, parameters) : verifySync(hash, password) });
  } catch (error) {
    parentPort!.postMessage({ id, fault: error instanceof Error ? error.message : String(error) });
  }
});
