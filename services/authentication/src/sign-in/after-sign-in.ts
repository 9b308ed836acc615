import type { FastifyReply, FastifyRequest } from 'fastify';
import { InteractionGone } from '../oidc/identity-provider.js';
import type { Interaction } from '../oidc/identity-provider.js';
import type { PageEdge } from '../session/page-edge.js';
import { mayAnswer } from './sign-in-step.policy.js';

/** A question that is asked of whoever is signed in already. */
type Asked = Readonly<{ step: 'select' | 'purposes' | 'allow'; request: FastifyRequest; reply: FastifyReply; uid: string }>;

/** Runs `work` only after a complete sign-in, in the browser that it belongs to, and only when this question is the one that the visit waits for. */
export const afterSignIn = (edge: PageEdge, { step, request, reply, uid }: Asked, work: (interaction: Interaction, accountId: string) => Promise<unknown>): Promise<unknown> =>
  edge.visit(request, reply, uid, async (interaction) => {
    if (!mayAnswer(step, { prompt: interaction.prompt, passwordAccepted: false })) return edge.redirect(reply, `/i/${uid}`);
    if (interaction.accountId === undefined) throw new InteractionGone();
    return work(interaction, interaction.accountId);
  });
