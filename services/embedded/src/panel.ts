import { join } from 'node:path';
import type { Running } from '@symbolon/boot';

/** What a person needs to know now, once, at the end of the start. */
export function panel({ configuration, settings, dataDir, eventLog }: Running, sample: boolean): string {
  const { origin, operationsPort, smtpUrl } = configuration;
  const lines: (readonly [string, string])[] = [
    ...(sample ? [['Sample application', `http://localhost:${settings.samplePort}`] as const] : []),
    ['Account page', `${origin}/account`],
    smtpUrl ? ['Mail', `sent through ${new URL(smtpUrl).host}`] : ['Caught mail', `${origin}/mail`],
    ['API documents', `${origin}/api`],
    ['OpenID configuration', `${configuration.issuer}/.well-known/openid-configuration`],
    ['Health and metrics', `http://localhost:${operationsPort}/readyz`],
    ['Event log', eventLog],
    ['Data', settings.databaseUrl ? `${dataDir} (keys) and the database of DATABASE_URL` : dataDir],
    ['First administrator', `${join(dataDir, 'admin.json')} (email, password)`],
    ['Stop', 'Ctrl-C'],
    ['Start afresh', settings.databaseUrl ? `stop, empty the database, rm -r ${dataDir}, npm start` : `stop, rm -r ${dataDir}, npm start`],
  ];
  const widest = Math.max(...lines.map(([label]) => label.length));
  const rule = '─'.repeat(Math.max(...lines.map(([, value]) => value.length)) + widest + 4);
  return ['', rule, `  ${configuration.brand.name} is running`, '', ...lines.map(([label, value]) => `  ${label.padEnd(widest)}  ${value}`), rule].join('\n');
}
