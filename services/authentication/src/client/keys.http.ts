import { Body, Controller, Inject, Post } from '@nestjs/common';
import { Document, Scope } from '@symbolon/web';
import { z } from 'zod';
import { OpenIdProvider } from '../oidc/provider.js';

const NothingBody = z.strictObject({}).optional();

/** The keys that sign tokens. */
@Controller('api/authentication/v1/keys')
export class KeysController {
  constructor(@Inject(OpenIdProvider) private readonly provider: OpenIdProvider) {}

  @Post('rotate')
  @Scope('operations:write')
  @Document({ summary: 'Publishes new signing keys; they sign once every application had time to fetch them', answer: z.object({ kids: z.array(z.string()) }), answers: { 201: 'Published' } })
  async rotate(@Body({ schema: NothingBody }) _body: object | undefined) {
    return { kids: await this.provider.rotate() };
  }
}
