import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { AuthorizationController } from './authorizations.http.js';
import { ConsentController } from './consent.http.js';
import { PurposeController } from './purposes.http.js';
import { PORTS } from './tokens.js';

@Module({})
export class ConsentModule {}

/** The service as Nest sees it. */
export const consentModule = (ports: Ports): DynamicModule => ({
  module: ConsentModule,
  controllers: [ConsentController, AuthorizationController, PurposeController],
  providers: [{ provide: PORTS, useValue: ports }],
});
