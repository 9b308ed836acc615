import { HttpStatus } from '@nestjs/common';
import { Problem } from '@symbolon/web';
import type { ConsentRefusal } from './consent.decider.js';
import type { GivingFault } from './giving.policy.js';

/** Every refusal of what one person allows, as HTTP says it. */
export const STATUS: Record<ConsentRefusal, HttpStatus> = {
  'consent/unknown_purpose': HttpStatus.UNPROCESSABLE_ENTITY,
  'consent/retired_purpose': HttpStatus.CONFLICT,
  'consent/not_a_choice': HttpStatus.CONFLICT,
  'consent/unknown_version': HttpStatus.UNPROCESSABLE_ENTITY,
  'consent/older_policy': HttpStatus.CONFLICT,
  'consent/not_granted': HttpStatus.CONFLICT,
  'consent/unknown_client': HttpStatus.UNPROCESSABLE_ENTITY,
  'consent/disabled_client': HttpStatus.CONFLICT,
  'consent/not_authorized': HttpStatus.CONFLICT,
};

const DETAILS: Partial<Record<ConsentRefusal, string>> = {
  'consent/unknown_purpose': 'No purpose of this name was ever published. GET /api/consent/v1/purposes lists those in force.',
  'consent/retired_purpose': 'Nothing rests on this purpose any more. GET /api/consent/v1/purposes lists those in force.',
  'consent/not_a_choice': 'This purpose rests on another legal basis than consent, so there is nothing to agree to.',
  'consent/unknown_version': 'No text with this version was ever published. GET /api/consent/v1/purposes gives the one in force; show that and ask again.',
  'consent/older_policy': 'A newer text is in force. GET /api/consent/v1/purposes gives it; show that and ask again.',
  'consent/unknown_client': 'No application with this id is registered.',
  'consent/disabled_client': 'This application is disabled.',
};

/** The way out of a refusal, where there is one. */
export const explain = (refused: ConsentRefusal): string | undefined => DETAILS[refused];

const GIVING: Record<GivingFault, Readonly<{ title: string; status: number; detail: string; errors?: Problem['details']['errors'] }>> = {
  'consent/our_pages_only': { title: 'Only the person lets an application in, on our own pages', status: 403, detail: 'Send them to /oidc/auth; they are asked there.' },
  'consent/proof_needed': {
    title: 'A consent needs the proof of what was shown', status: 400, detail: 'Say what the person saw: language, shownAt and where.',
    errors: [{ field: 'proof', rule: 'required', message: 'Send { language, shownAt, where } of the page on which the text was shown.' }],
  },
  'consent/other_client': { title: 'An application records consents that were given to itself', status: 403, detail: 'Leave clientId out, or name the application of the token.' },
};

/** What a caller may not give, as a problem. */
export const givingProblem = (fault: GivingFault): Problem => new Problem({ type: fault, ...GIVING[fault] });
