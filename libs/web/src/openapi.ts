import { z } from 'zod';
import type { ZodType } from 'zod';
import type { Configuration } from './configuration.js';
import type { Route } from './routes.js';

const schema = (type: ZodType, io: 'input' | 'output') => z.toJSONSchema(type, { io, unrepresentable: 'any' });

const problem = { description: 'A problem (RFC 9457)', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };

const Problem = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string', description: 'Stable code, `<service>/<snake_case>`' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', properties: { field: { type: 'string' }, rule: { type: 'string' }, message: { type: 'string' } } } },
  },
};

const answersOf = ({ documented }: Route) =>
  Object.fromEntries(
    Object.entries(documented?.answers ?? { 200: 'Done' }).map(([status, answer]) => [status, typeof answer === 'string' ? { description: answer } : { description: answer.description ?? 'Done', content: { 'application/json': { schema: schema(answer, 'output') } } }]),
  );

const parametersOf = ({ path, query }: Route) => {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const properties = query ? (schema(query, 'input').properties ?? {}) : {};
  return [...inPath, ...Object.entries(properties).map(([name, type]) => ({ name, in: 'query', required: false, schema: type }))];
};

const operation = (route: Route) => ({
  operationId: route.name,
  summary: route.documented?.summary ?? route.name,
  security: [{ token: [...route.scopes] }],
  parameters: parametersOf(route),
  ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: schema(route.body, 'input') } } } } : {}),
  responses: { ...answersOf(route), default: problem },
});

/** The OpenAPI 3.1 document of one service, from the schemas that its routes check. */
export function openapiDocument(service: string, all: readonly Route[], { issuer, origin }: Configuration): object {
  const own = all.filter(({ path }) => path.startsWith(`/api/${service}/`));
  const paths: Record<string, Record<string, object>> = {};
  for (const route of own) (paths[route.path.replaceAll(/:(\w+)/g, '{$1}')] ??= {})[route.method.toLowerCase()] = operation(route);
  const scopes = Object.fromEntries(own.flatMap((route) => route.scopes.map((scope) => [scope, scope])));
  return {
    openapi: '3.1.1',
    info: { title: `Symbolon ${service}`, version: '1' },
    servers: [{ url: origin }],
    paths,
    components: { schemas: { Problem }, securitySchemes: { token: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: `${issuer}/token`, scopes } } } } },
  };
}
