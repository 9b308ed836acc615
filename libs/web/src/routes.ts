import { RequestMethod } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { ZodType } from 'zod';
import { readAfter } from './after.js';
import { readCommandId } from './command-id.js';
import { DOCUMENTED } from './document.js';
import type { Documented } from './document.js';
import { SCOPES } from './scope.js';

/** One API route as its decorators say. `status`: of a success. `inPath`: what each part of the path must be. `commands`: takes Idempotency-Key; `waits`: takes `?after=`. */
export type Route = Readonly<{
  name: string; method: string; path: string; status: number; scopes: readonly string[]; body?: ZodType; query?: ZodType; inPath: Readonly<Record<string, ZodType>>; commands: boolean; waits: boolean;
  documented?: Documented;
}>;

const BODY = 3;
const QUERY = 4;
const PARAM = 5;
type Argument = Readonly<{ schema?: ZodType; data?: unknown; factory?: unknown }>;
type Arguments = Readonly<Record<string, Argument>>;

const schemaOf = (given: Arguments, kind: number): ZodType | undefined => Object.entries(given).find(([key, { schema }]) => key.startsWith(`${kind}:`) && schema)?.[1].schema;

const inPathOf = (given: Arguments): Readonly<Record<string, ZodType>> =>
  Object.fromEntries(Object.entries(given).flatMap(([key, { data, schema }]) => (key.startsWith(`${PARAM}:`) && typeof data === 'string' && schema ? [[data, schema]] : [])));

const takes = (given: Arguments, read: unknown): boolean => Object.values(given).some(({ factory }) => factory === read);

function* ofController(type: new (...given: never[]) => object): Generator<Route> {
  const prefix = String(Reflect.getMetadata(PATH_METADATA, type) ?? '');
  for (const name of Object.getOwnPropertyNames(type.prototype)) {
    const handler = (type.prototype as Record<string, unknown>)[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) continue;
    const given = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, name) ?? {}) as Arguments;
    const [body, query] = [schemaOf(given, BODY), schemaOf(given, QUERY)];
    const documented = Reflect.getMetadata(DOCUMENTED, handler) as Documented | undefined;
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number] ?? 'GET';
    yield {
      name: `${type.name}.${name}`,
      method,
      status: (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? (method === 'POST' ? 201 : 200),
      inPath: inPathOf(given),
      commands: takes(given, readCommandId),
      waits: takes(given, readAfter),
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
