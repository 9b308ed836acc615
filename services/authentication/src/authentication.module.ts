import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { AccountController } from './account/account.http.js';
import { AccountSignIn } from './account/account-sign-in.js';
import { EndOthers } from './account/end-others.js';
import { OverviewQuery } from './account/overview.query.js';
import { WellKnownController } from './account/well-known.http.js';
import { AppliedReplies } from './applied.replies.js';
import { Authorize } from './authorize/authorize.js';
import { AuthorizeController } from './authorize/authorize.http.js';
import { PurposesController } from './authorize/purposes.http.js';
import { ClientController } from './client/client.http.js';
import { ClientRegistry } from './client/client-registry.js';
import { KeysController } from './client/keys.http.js';
import { Devices } from './device/devices.js';
import { kitControllers, kitProviders } from './kit.js';
import { KnownReplies } from './known.replies.js';
import { Interactions } from './oidc/interactions.js';
import { OpenIdProvider } from './oidc/provider.js';
import { AssetsController } from './page/assets.http.js';
import { FormTokens } from './page/index.js';
import { Credentials } from './password/credentials.js';
import { DirectoryQuery } from './people/directory.query.js';
import { peopleControllers, peopleProviders } from './people/index.js';
import { NewPassword } from './recover/new-password.js';
import { RecoverController } from './recover/recover.http.js';
import { Recover } from './recover/recover.js';
import { Recoveries } from './recover/recoveries.js';
import { registerControllers, registerProviders } from './register/index.js';
import { Logins } from './register/logins.js';
import { FormAnswers } from './session/form-answers.js';
import { OwnApis } from './session/own-apis.js';
import { PageEdge } from './session/page-edge.js';
import { Revocation } from './session/revocation.js';
import { AccountsQuery } from './sign-in/accounts.query.js';
import { PasswordCheck } from './sign-in/password-check.js';
import { PasswordCheckQuery } from './sign-in/password-check.query.js';
import { SignIn } from './sign-in/sign-in.js';
import { LeaveController } from './sign-in/leave.http.js';
import { SelectController } from './sign-in/select.http.js';
import { SignInController } from './sign-in/sign-in.http.js';
import { Proofs } from './sign-in/proofs.js';
import { SignInSteps } from './sign-in/sign-in-steps.js';
import { IDENTITY_PROVIDER, PORTS } from './tokens.js';

@Module({})
export class AuthenticationModule {}

/** What is made before Nest: the provider, which is also a mount. */
export type Made = Readonly<{ ports: Ports; clients: ClientRegistry; provider: OpenIdProvider; interactions: Interactions }>;

const given = ({ ports, clients, provider, interactions }: Made): Provider[] => [
  { provide: PORTS, useValue: ports },
  { provide: ClientRegistry, useValue: clients },
  { provide: OpenIdProvider, useValue: provider },
  { provide: IDENTITY_PROVIDER, useValue: interactions },
  { provide: AccountsQuery, useValue: new AccountsQuery(ports) },
  { provide: OverviewQuery, useValue: new OverviewQuery(ports) },
  { provide: DirectoryQuery, useValue: new DirectoryQuery(ports) },
  { provide: PasswordCheckQuery, useValue: new PasswordCheckQuery(ports, new Logins(ports), new Credentials(ports)) },
];

/** The service as Nest sees it. */
export const authenticationModule = (made: Made): DynamicModule => ({
  module: AuthenticationModule,
  controllers: [
    SignInController, SelectController, LeaveController, RecoverController, AuthorizeController, AccountController, ClientController, KeysController, WellKnownController, AssetsController, AppliedReplies, KnownReplies, PurposesController,
    ...registerControllers, ...peopleControllers, ...kitControllers,
  ],
  providers: [
    ...given(made), FormTokens, FormAnswers, PageEdge, OwnApis, PasswordCheck, SignInSteps, Proofs, SignIn, Devices, Recover, Recoveries, NewPassword, Revocation, EndOthers, Authorize, AccountSignIn,
    ...registerProviders, ...peopleProviders, ...kitProviders,
  ],
});
