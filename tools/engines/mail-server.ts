import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What the server says: to the greeting (`CONNECT`), to a command line as it came, or to the end of a text (`TEXT`). Undefined: the usual; '': nothing, ever. */
export type Says = (line: string) => string | undefined | Promise<string | undefined>;

/** An SMTP server (RFC 5321) for tests. */
export type MailServer = Readonly<{
  url: string;
  /** Texts that it took. */
  received: readonly string[];
  /** Command lines, as they came. */
  lines: readonly string[];
  /** Connections that are open. */
  open(): number;
  close(): Promise<void>;
}>;

const usual = (line: string): string => {
  if (line === 'CONNECT') return '220 here';
  if (/^DATA/i.test(line)) return '354 go on';
  return /^QUIT/i.test(line) ? '221 bye' : '250 ok';
};

/** Answers line after line, as `says` wants it. */
function converse(socket: Socket, says: Says, server: { received: string[]; lines: string[] }): void {
  let [rest, text, inText, turn] = ['', '', false, Promise.resolve()];
  const answer = async (line: string): Promise<void> => {
    const said = (await says(line)) ?? usual(line);
    if (said === '' || socket.destroyed) return;
    if (said.startsWith('354')) inText = true;
    socket.write(`${said.split('\n').join('\r\n')}\r\n`);
    if (said.startsWith('221')) socket.end();
  };
  const take = (line: string): Promise<void> => {
    if (!inText) return server.lines.push(line), answer(line);
    if (line !== '.') return (text += `${line}\r\n`), Promise.resolve();
    server.received.push(text);
    [text, inText] = ['', false];
    return answer('TEXT');
  };
  void answer('CONNECT');
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString()).split('\r\n');
    rest = lines.pop()!;
    for (const line of lines) turn = turn.then(() => take(line));
  });
}

/** Starts one on a free port of this machine; without `says` it takes everything. */
export async function mailServer(says: Says = () => undefined): Promise<MailServer> {
  const kept = { received: [] as string[], lines: [] as string[] };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, says, kept);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...kept,
    open: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
