import { createServer } from 'node:net';
import { CannotStart } from './cannot-start.js';

/** A server that this process is going to open, and the variable that moves it. */
export type Listener = Readonly<{ variable: string; port: number; bind: string }>;

const tryListen = ({ port, bind }: Listener): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', (error) => done(error));
    server.listen({ port, host: bind, exclusive: true }, () => server.close(() => done(undefined)));
  });

const sentence = ({ variable, port, bind }: Listener, error: NodeJS.ErrnoException): string => {
  if (error.code === 'EADDRINUSE') return `Port ${port} is taken by another program. Stop that one, or choose another port: ${variable}=${port + 1000} npm start.`;
  if (error.code === 'EACCES') return `Port ${port} may not be opened by this user. Choose one from 1024 on: ${variable}=${port + 3000} npm start.`;
  return `${bind} is not an address of this machine (${error.code}). Set SYMBOLON_BIND to one that is, for example 127.0.0.1.`;
};

/** Throws `CannotStart` for the first port that cannot be opened, before anything else was started. */
export async function checkPortsFree(listeners: readonly Listener[]): Promise<void> {
  for (const listener of listeners) {
    const error = await tryListen(listener);
    if (error) throw new CannotStart(sentence(listener, error), { cause: error });
  }
}
