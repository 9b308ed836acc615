import { AccountChangesController } from './account-changes.http.js';
import { AccountsController } from './accounts.http.js';
import { Administration } from './administration.js';
import { NewAccount } from './new-account.js';

/** For the service's module. */
export const peopleControllers = [AccountsController, AccountChangesController];
export const peopleProviders = [Administration, NewAccount];
