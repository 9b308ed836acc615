import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { BROWSER_ORIGINS, IN_PROCESS } from '@symbolon/web';
import type { BrowserOrigins, Ports } from '@symbolon/web';
import { ClientRegistry } from './client/client-registry.js';
import { findAccountRow } from './oidc/claims.js';
import { PORTS } from './tokens.js';

/** How an application stands: asked by consent before it keeps what somebody allowed it. */
export type ClientState = Readonly<{ state: 'registered' | 'disabled' | 'unknown' }>;

/** Whether there is such an account: asked by consent before it keeps what a machine says of somebody. */
export type AccountState = Readonly<{ state: 'registered' | 'unknown' }>;

/** Answers other services' questions about who and what there is. */
@Controller()
export class KnownReplies {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(ClientRegistry) private readonly clients: ClientRegistry,
  ) {}

  @MessagePattern('authentication.client', IN_PROCESS)
  async client(@Payload() { clientId }: Readonly<{ clientId: string }>): Promise<ClientState> {
    const row = await this.clients.row(clientId);
    return { state: row ? (row.disabled ? 'disabled' : 'registered') : 'unknown' };
  }

  /** Where applications that run in a browser live: asked by the edge before one of them may read its answers. */
  @MessagePattern(BROWSER_ORIGINS, IN_PROCESS)
  async origins(): Promise<BrowserOrigins> {
    return { origins: [...(await this.clients.browserOrigins())] };
  }

  @MessagePattern('authentication.account', IN_PROCESS)
  async account(@Payload() { accountId }: Readonly<{ accountId: string }>): Promise<AccountState> {
    return { state: (await findAccountRow(this.ports.database, accountId)) ? 'registered' : 'unknown' };
  }
}
