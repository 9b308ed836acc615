import type { Ports, Worker } from '@symbolon/web';
import { Credentials } from '../password/credentials.js';
import { AccountCreation } from './create-account.js';
import { LinkSignIn } from './link-sign-in.js';
import { Logins } from './logins.js';
import { RegisterLinkController } from './register-link.http.js';
import { RegisterController } from './register.http.js';
import { Register } from './register.js';
import { Registrations } from './registrations.js';
import { registrationSweeper } from './sweeper.js';

/** For the service's module. */
export const registerControllers = [RegisterController, RegisterLinkController];
export const registerProviders = [Logins, Registrations, AccountCreation, Register, LinkSignIn];

/** What registration does without being asked. */
export const registerWorkers = (ports: Ports): readonly Worker[] => [registrationSweeper(new AccountCreation(ports, new Logins(ports), new Credentials(ports)), new Registrations(ports))];
