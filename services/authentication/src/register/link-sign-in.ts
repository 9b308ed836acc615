import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { AccountSignIn } from '../account/account-sign-in.js';
import type { IdentityProvider } from '../oidc/identity-provider.js';
import { Proofs } from '../sign-in/proofs.js';
import type { AcceptedPassword } from '../sign-in/sign-in-steps.js';
import { IDENTITY_PROVIDER } from '../tokens.js';

/** Signs in at `/account` whoever opened the mailed link and knew the password: the mail and the password are proven, and nothing is asked twice. */
@Injectable()
export class LinkSignIn {
  constructor(
    @Inject(IDENTITY_PROVIDER) private readonly provider: Pick<IdentityProvider, 'session' | 'endSession'>,
    @Inject(AccountSignIn) private readonly account: Pick<AccountSignIn, 'begin'>,
    @Inject(Proofs) private readonly proofs: Pick<Proofs, 'give'>,
  ) {}

  /** Where to send the browser. A session of somebody else in it gives way, else its account would be shown. */
  async begin(request: IncomingMessage, response: ServerResponse, proven: AcceptedPassword): Promise<string> {
    const session = await this.provider.session(request, response);
    if (session) await this.provider.endSession(session.accountId, session.uid, 'sign_out');
    await this.proofs.give(response, proven);
    return this.account.begin(response, '/account');
  }
}
