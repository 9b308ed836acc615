import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { keptText, uuidv5 } from '@symbolon/event-sourcing';
import { newId, now } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { Devices } from '../device/devices.js';
import type { Interaction, IdentityProvider } from '../oidc/identity-provider.js';
import { IDENTITY_PROVIDER, PORTS } from '../tokens.js';
import { evidence } from './sign-in-evidence.policy.js';
import { signIn } from './sign-in.decider.js';
import { SignInSteps } from './sign-in-steps.js';

/** A visitor: Node's own request and response, and the address that a trusted proxy may have told. */
export type Visitor = Readonly<{ request: IncomingMessage; response: ServerResponse; address: string }>;

/** What an account's proofs rest on before anything was revoked. */
export const FIRST_EPOCH = 0;

/** Who is about to be signed in, on what evidence. */
export type Proven = Readonly<{ accountId: string; epoch: number; knownDevice: boolean; codeGiven: boolean }>;

/** Ends a sign-in: the fact first, then the device, then the session. */
@Injectable()
export class SignIn {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
    @Inject(Devices) private readonly devices: Devices,
    @Inject(SignInSteps) private readonly steps: SignInSteps,
  ) {}

  /** Where to redirect. Throws `Unavailable`: then nobody is signed in. */
  async complete({ request, response, address }: Visitor, interaction: Interaction, { accountId, epoch, knownDevice, codeGiven }: Proven): Promise<string> {
    const { acr, amr } = evidence(codeGiven);
    const userAgent = keptText(request.headers['user-agent'] ?? '', 500);
    const id = uuidv5('sign-in', `${interaction.uid} ${accountId} ${epoch} ${codeGiven}`);
    await this.ports
      .handler(signIn)
      .handle(
        `signin-${id}`,
        { type: 'RecordSignIn', id, at: now(), clientId: interaction.client.id, acr, amr, address, userAgent, knownDevice },
        { actor: accountId, subject: accountId, correlation: newId(), fresh: true },
      );
    await this.devices.remember(request, response, { accountId, epoch });
    if (codeGiven) await this.steps.clear(interaction.uid);
    return this.provider.finishLogin(request, response, { accountId, epoch, acr, amr });
  }
}
