import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { AppliedReplies } from './applied.replies.js';
import { ProfileController } from './profiles.http.js';
import { PORTS } from './tokens.js';

@Module({})
export class ProfilesModule {}

/** The service as Nest sees it. */
export const profilesModule = (ports: Ports): DynamicModule => ({ module: ProfilesModule, controllers: [ProfileController, AppliedReplies], providers: [{ provide: PORTS, useValue: ports }] });
