/** The client of the account pages. */
export const ACCOUNT_CLIENT = 'account';

/** The machine client of `admin.json`. */
export const MACHINE_CLIENT = 'c_operator';

/** Clients that the installation keeps as it needs them at every start; nobody changes them by API. */
export const isBuiltIn = (clientId: string): boolean => clientId === ACCOUNT_CLIENT || clientId === MACHINE_CLIENT;
