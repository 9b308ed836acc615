import { AnswerSchema, Problem } from '@symbolon/web';
import { z } from 'zod';
import { ROLES } from '../account.decider.js';
import { text } from '../page/index.js';
import type { MessageKey } from '../page/index.js';
import { parseEmail } from '../register/email-address.js';
import { formFaults } from '../register/registration-form.js';
import type { FormFault } from '../register/registration-form.js';

const email = z.string().max(320).refine((typed) => parseEmail(typed) !== undefined, 'Send one e-mail address, for example ann@example.com.');

export const AccountId = z.uuid();
export const RoleName = z.enum(ROLES);
export const ListQuery = z.strictObject({
  limit: z.string().regex(/^([1-9]\d?|100)$/, 'Send a number from 1 to 100.').optional().describe('How many at most, 1 to 100; 50 without it'),
  cursor: z.string().max(200).optional().describe('The `next` of the page before'),
  state: z.enum(['active', 'blocked']).optional().describe('Only accounts in this state'),
});
export const ReadQuery = z.strictObject({ after: z.string().optional().describe('A Symbolon-Position that the answer must not be older than') });
export const FindBody = z.strictObject({ email });
export const BlockBody = z.strictObject({ reason: z.string().trim().min(1).max(200).describe('Kept with the event; nothing personal belongs here') });
export const NothingBody = z.strictObject({}).optional();
export const CreateBody = z.strictObject({
  email,
  firstName: z.string().max(400),
  lastName: z.string().max(400),
  locale: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'Send a language tag, for example en.').default('en'),
  password: z.string().max(1_024).optional().describe('Without it the owner gets a mail with a link to choose one; with it nothing is mailed'),
});
export type CreateInput = z.output<typeof CreateBody>;

const time = z.iso.datetime();

export const EntrySchema = z
  .object({
    id: z.uuid(), state: z.enum(['active', 'blocked']), registeredAt: time, roles: z.array(z.string()), epoch: z.int().describe('How often everything that rested on proofs was revoked'),
    email: z.string().optional(), firstName: z.string().optional(), lastName: z.string().optional(),
  })
  .describe('An account; address and names for the roles support, privacy and admin, and for machines');
export const OneSchema = EntrySchema.extend({ sessions: z.array(z.object({ since: time, seenAt: time, clients: z.array(z.string()) })) }).describe('The account, with its sessions');
export const PageSchema = z.object({ accounts: z.array(EntrySchema), next: z.string().nullable() }).describe('A page; `next` is the cursor of the one after it, or null');
export const ChangedSchema = AnswerSchema.extend({ inForce: z.boolean() }).describe('Stored and in force everywhere');
export const CreatedSchema = AnswerSchema.pick({ position: true }).extend({ id: z.uuid(), mailed: z.boolean().describe('False without a password: enough mails went to this address, and POST …/recovery mails later') }).describe('Created');
export const MailedSchema = z.object({ mailed: z.literal(true) }).describe('The mail is on its way');

/** Names as the register form takes them. Throws a 422 that names each field. */
export function checkedNames({ email: address, firstName, lastName }: CreateInput): void {
  const wrong = Object.entries(formFaults({ email: address, firstName, lastName })) as [string, FormFault][];
  if (wrong.length > 0) throw refusedFields(wrong.map(([field, rule]) => ({ field, rule, message: text(`register.${rule.replaceAll('_', '-')}` as MessageKey) })));
}

export const refusedFields = (errors: readonly Readonly<{ field: string; rule: string; message: string }>[]): Problem => new Problem({ type: 'web/invalid', title: 'The request is not valid', status: 422, errors });
