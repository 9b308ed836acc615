import type { Figure, Ports, Worker } from '@symbolon/web';
import { Codes } from './code/codes.js';
import { CaughtMailController } from './mail/caught.http.js';
import { CaughtMails } from './mail/caught-mails.js';
import { mailWorker } from './mail/mail.worker.js';
import { mailFigures } from './mail/given-up.query.js';
import { MailsController } from './mail/mails.http.js';
import { Mails } from './mail/mails.js';
import { Credentials } from './password/credentials.js';
import { PasswordHashes } from './password/password-hashes.js';
import { countersWorker } from './throttle/counters.worker.js';
import { Throttle } from './throttle/throttle.js';

/** What several flows use: passwords, throttling, mailed codes, mail. */
export const kitProviders = [PasswordHashes, Credentials, Throttle, Codes, Mails, CaughtMails];
export const kitControllers = [CaughtMailController, MailsController];
export const kitWorkers = (ports: Ports): Worker[] => [mailWorker(ports), countersWorker(ports.database)];
export const kitFigures = (ports: Ports): readonly Figure[] => mailFigures(ports.database);
