import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

/** The way between a client and its engine, which a suite can spoil. Every `Link` begins healed. */
export interface Link {
  /** Connections break and new ones are refused, as when the engine's process is gone. */
  cut(): Promise<void>;
  /** Connections are accepted and stay silent. */
  silence(): Promise<void>;
  /** What the client says arrives; the answers are lost. */
  deafen(): Promise<void>;
  heal(): Promise<void>;
}

type State = 'healed' | 'cut' | 'silent' | 'deaf';

/** A link over TCP: listens on `port` and passes on to the engine. */
export const tcpLink = async (to: NetConnectOpts): Promise<Link & { port: number; close(): Promise<void> }> => {
  let state: State = 'healed';
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    keep(client);
    if (state === 'cut') return void client.destroy();
    const engine = connect(to);
    keep(engine);
    client.on('data', (bytes) => (state === 'healed' || state === 'deaf') && engine.write(bytes));
    engine.on('data', (bytes) => state === 'healed' && client.write(bytes));
    client.on('close', () => engine.destroy());
    engine.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const become = async (next: State): Promise<void> => {
    const before = state;
    state = next;
    if (before === next) return;
    // what was lost stays lost: a connection that missed something cannot go on
    if (next === 'cut' || next === 'healed') for (const socket of sockets) socket.destroy();
  };
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut: () => become('cut'),
    silence: () => become('silent'),
    deafen: () => become('deaf'),
    heal: () => become('healed'),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
