import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { besideTheProduct } from './database.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { Visitor, newClient, register, request } from './relying-party.js';
import type { SignedIn } from './relying-party.js';

/** A request has three seconds; the rest is for a busy machine. */
const GUARD = 6_000;
