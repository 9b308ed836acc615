import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { IN_PROCESS } from '@symbolon/web';
import { ClientRegistry } from './client-registry.js';

/** How an application stands: asked by consent before it keeps what somebody allowed it. */
export type ClientState = Readonly<{ state: 'registered' | 'disabled' | 'unknown' }>;

/** Answers other services' questions about applications. */
@Controller()
export class ClientReplies {
  constructor(@Inject(ClientRegistry) private readonly clients: ClientRegistry) {}

  @MessagePattern('authentication.client', IN_PROCESS)
  async client(@Payload() { clientId }: Readonly<{ clientId: string }>): Promise<ClientState> {
    const row = await this.clients.row(clientId);
    return { state: row ? (row.disabled ? 'disabled' : 'registered') : 'unknown' };
  }
}
