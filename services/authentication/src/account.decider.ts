import { refuse } from '@symbolon/event-sourcing';
import type { Command, Decider } from '@symbolon/event-sourcing';
import type { AuthenticationEvent } from './events.gen.js';

/** Why a password was set. */
export type PasswordReason = 'registration' | 'change' | 'recovery' | 'administration';

/** What a change by the account's owner rests on: the password and the epoch that were in force when they proved who they are. */
export type RestsOnProof = Readonly<{ credentialId: string | undefined; epoch: number }>;

/** Why everything that rested on earlier proofs is worth nothing any more. */
export type RevocationReason = Exclude<PasswordReason, 'registration'> | 'disabled' | 'sessions';

/** A person as they register. The credential row is there already, inert until the event names it. */
export type NewAccount = Readonly<{ email: string; firstName: string; lastName: string; locale: string; registrationId: string; credentialId: string }>;

export type AccountCommand =
  | (Command & Readonly<{ type: 'RegisterAccount' }> & NewAccount)
  | (Command & Readonly<{ type: 'AbandonRegistration'; registrationId: string }>)
  | (Command & Readonly<{ type: 'SetPassword'; credentialId: string; reason: Exclude<PasswordReason, 'registration'>; restsOn?: RestsOnProof }>)
  | (Command & Readonly<{ type: 'RevokeAccess'; restsOn?: RestsOnProof }>)
  | (Command & Readonly<{ type: 'DisableAccount'; reason: string }>)
  | (Command & Readonly<{ type: 'EnableAccount' }>)
  | (Command & Readonly<{ type: 'AssignRole'; role: string }>)
  | (Command & Readonly<{ type: 'RemoveRole'; role: string }>);

export type AccountRefusal =
  | 'authentication/account_exists'
  | 'authentication/registration_abandoned'
  | 'authentication/unknown_account'
  | 'authentication/superseded'
  | 'authentication/unknown_role';

/** What an account may be allowed to do with the data of others. */
export const ROLES = ['admin', 'support', 'privacy', 'auditor'] as const;

/** `epoch`: how often everything that rested on proofs was revoked. Whatever rests on an earlier one is worth nothing. */
type State = Readonly<{ status: 'nobody' | 'registered' | 'abandoned'; credentialId?: string; epoch: number; disabled: boolean; roles: readonly string[] }>;

/** The rules of an account (`account-<account id>`). */
export const account: Decider<State, AccountCommand, AuthenticationEvent, AccountRefusal> = {
  initial: { status: 'nobody', epoch: 0, disabled: false, roles: [] },

  evolve: (state, event) => {
    switch (event.type) {
      case 'AccountRegistered':
        return { ...state, status: 'registered' };
      case 'RegistrationAbandoned':
        return { ...state, status: 'abandoned' };
      case 'PasswordSet':
        return { ...state, credentialId: event.data.credentialId };
      case 'AccessRevoked':
        return { ...state, epoch: event.data.epoch };
      case 'AccountDisabled':
        return { ...state, disabled: true };
      case 'AccountEnabled':
        return { ...state, disabled: false };
      case 'RoleAssigned':
        return { ...state, roles: [...state.roles, event.data.role] };
      case 'RoleRemoved':
        return { ...state, roles: state.roles.filter((role) => role !== event.data.role) };
      default: // sessions, grants and the like: no rule depends on them
        return state;
    }
  },

  decide: (command, state) => {
    switch (command.type) {
      case 'RegisterAccount':
        return state.status === 'nobody' ? registered(command) : refuse(state.status === 'abandoned' ? 'authentication/registration_abandoned' : 'authentication/account_exists');
      case 'AbandonRegistration':
        if (state.status === 'registered') return refuse('authentication/account_exists');
        return state.status === 'abandoned' ? [] : [{ type: 'RegistrationAbandoned', data: { registrationId: command.registrationId } }];
      default:
        return state.status === 'registered' ? ofRegistered(command, state) : refuse('authentication/unknown_account');
    }
  },
};

type Creating = Extract<AccountCommand, { type: 'RegisterAccount' }>;

/** Both at once: no account is ever without a way to sign in. */
const registered = ({ email, firstName, lastName, locale, registrationId, credentialId }: Creating): readonly AuthenticationEvent[] => [
  { type: 'AccountRegistered', data: { email, firstName, lastName, locale, registrationId } },
  { type: 'PasswordSet', data: { credentialId, reason: 'registration' } },
];

function ofRegistered(command: Exclude<AccountCommand, { type: 'RegisterAccount' | 'AbandonRegistration' }>, state: State) {
  switch (command.type) {
    case 'SetPassword':
      if (state.credentialId === command.credentialId) return [];
      if (command.restsOn && !stands(command.restsOn, state)) return refuse('authentication/superseded');
      return [{ type: 'PasswordSet' as const, data: { credentialId: command.credentialId, reason: command.reason } }, revoked(state, command.reason)];
    case 'RevokeAccess':
      if (command.restsOn === undefined) return [revoked(state, 'administration')]; // by staff, whatever the owner does meanwhile
      return stands(command.restsOn, state) ? [revoked(state, 'sessions')] : refuse('authentication/superseded');
    case 'DisableAccount':
      return state.disabled ? [] : [{ type: 'AccountDisabled' as const, data: { reason: command.reason } }, revoked(state, 'disabled')];
    case 'EnableAccount':
      return state.disabled ? [{ type: 'AccountEnabled' as const, data: {} }] : [];
    case 'AssignRole':
      if (!ROLES.some((role) => role === command.role)) return refuse('authentication/unknown_role');
      return state.roles.includes(command.role) ? [] : [{ type: 'RoleAssigned' as const, data: { role: command.role } }];
    case 'RemoveRole':
      // Tokens carry the roles that they were made with: what rests on them goes together with the role.
      return state.roles.includes(command.role) ? [{ type: 'RoleRemoved' as const, data: { role: command.role } }, revoked(state, 'administration')] : [];
  }
}

/** Whether what somebody proved is still what counts: not when another password, or a revocation, came between. */
const stands = ({ credentialId, epoch }: RestsOnProof, state: State): boolean => credentialId === state.credentialId && epoch === state.epoch;

const revoked = ({ epoch }: State, reason: RevocationReason) => ({ type: 'AccessRevoked' as const, data: { epoch: epoch + 1, reason } });
