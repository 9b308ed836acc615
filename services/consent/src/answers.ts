import { AnswerSchema } from '@symbolon/web';
import { z } from 'zod';

const time = z.iso.datetime();
const purpose = z.object({ purpose: z.string(), basis: z.string(), claims: z.array(z.string()), textVersion: z.int(), title: z.string(), text: z.string() });

export const PurposesSchema = z.object({ purposes: z.array(purpose) }).describe('Purposes in force');
export const StatusesSchema = z.object({ consents: z.array(purpose.extend({ granted: z.boolean().describe('To the text in force'), grantedVersion: z.int().nullable(), since: time.nullable() })) }).describe('Every purpose, as this person has it');
export const AuthorizationsSchema = z.object({ authorizations: z.array(z.object({ clientId: z.string(), scopes: z.array(z.string()), since: time })) }).describe('Applications, with what they were allowed');
export const WithdrawnSchema = AnswerSchema.extend({ inForce: z.boolean() });
