import { RequestMethod } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { ZodType } from 'zod';
import { DOCUMENTED } from './document.js';
import type { Documented } from './document.js';
import { SCOPES } from './scope.js';

/** One API route as its decorators say. */
export type Route = Readonly<{ method: string; path: string; scopes: readonly string[]; body?: ZodType; query?: ZodType; documented?: Documented; name: string }>;

const BODY = 3;
const QUERY = 4;
type Arguments = Readonly<Record<string, Readonly<{ schema?: ZodType }>>>;

const schemaOf = (given: Arguments, kind: number): ZodType | undefined => Object.entries(given).find(([key, { schema }]) => key.startsWith(`${kind}:`) && schema)?.[1].schema;

function* ofController(type: new (...given: never[]) => object): Generator<Route> {
  const prefix = String(Reflect.getMetadata(PATH_METADATA, type) ?? '');
  for (const name of Object.getOwnPropertyNames(type.prototype)) {
    const handler = (type.prototype as Record<string, unknown>)[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) continue;
    const given = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, name) ?? {}) as Arguments;
    const [body, query] = [schemaOf(given, BODY), schemaOf(given, QUERY)];
    const documented = Reflect.getMetadata(DOCUMENTED, handler) as Documented | undefined;
    yield {
      name: `${type.name}.${name}`,
      method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number] ?? 'GET',
      path: `/${prefix}/${String(Reflect.getMetadata(PATH_METADATA, handler) ?? '')}`.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1'),
      scopes: (Reflect.getMetadata(SCOPES, handler) as readonly string[] | undefined) ?? [],
      ...(body ? { body } : {}),
      ...(query ? { query } : {}),
      ...(documented ? { documented } : {}),
    };
  }
}

/** Every API route of the application (pages are left out). */
export function routes(app: INestApplication): readonly Route[] {
  const found = new Map<unknown, readonly Route[]>();
  for (const module of app.get(ModulesContainer).values())
    for (const { metatype } of module.controllers.values()) if (metatype) found.set(metatype, [...ofController(metatype as never)]);
  return [...found.values()].flat().filter(({ path }) => path.startsWith('/api/'));
}
