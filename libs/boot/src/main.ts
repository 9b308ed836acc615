import { CannotStart, explain } from './cannot-start.js';
import { WrongSettings } from './settings.js';

/** Longest time that a drain may take before the process ends anyway; what was acknowledged is on disk by then. */
const drainWithin = 8_000;

/** Something that runs until it is told to stop. */
export type Started = Readonly<{ dataDir: string; stop(): Promise<void> }>;

/** Aborts at SIGINT, SIGTERM, or when the process that started us is gone. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  if (process.env['SYMBOLON_SUPERVISED'] && process.connected) process.once('disconnect', () => stop.abort());
  return stop.signal;
}

/** A terminal that went away must not keep us from draining. */
function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

const aborted = (signal: AbortSignal): Promise<void> => new Promise((done) => (signal.aborted ? done() : signal.addEventListener('abort', () => done(), { once: true })));

function fail(error: unknown): void {
  const known = error instanceof CannotStart || error instanceof WrongSettings || (error instanceof Error && /^(EmbeddedServerRefused|VaultRefused|MigrationRefused|ServerRefused)$/.test(error.name));
  console.error(known ? `\n${error.message}` : error);
}

/** Runs a main: starts, waits for the signal, drains; ends the process with status 0, or 1 and one sentence when it could not start. */
export async function run(start: (signal: AbortSignal) => Promise<Started>): Promise<void> {
  surviveClosedOutput();
  const signal = stopSignal();
  let status = 0;
  try {
    const started = await start(signal);
    await aborted(signal);
    setTimeout(() => process.exit(1), drainWithin).unref();
    await started.stop();
  } catch (error) {
    if (!signal.aborted) {
      status = 1;
      fail(explain(error, process.env['SYMBOLON_DATA_DIR'] ?? 'the data folder'));
    }
  }
  process.exit(status);
}
