import type { Configuration } from './configuration.js';
import { answersOf, jsonSchema, Problem } from './openapi-answers.js';
import type { Route } from './routes.js';

const IDEMPOTENCY_KEY = { name: 'Idempotency-Key', in: 'header', required: false, description: '1 to 200 printable ASCII characters. The same key at the same address is the same request: it is carried out once and answered alike', schema: { type: 'string', maxLength: 200 } };
const IF_MATCH = { name: 'If-Match', in: 'header', required: false, description: 'The ETag that you read: the change is refused when there is a newer one', schema: { type: 'string' } };

type Schema = Readonly<{ properties?: Readonly<Record<string, object>>; required?: readonly string[]; description?: string }>;

function parametersOf({ path, query, inPath, commands, documented }: Route): readonly object[] {
  const parts = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({ name, in: 'path', required: true, schema: inPath[name] ? jsonSchema(inPath[name], 'input') : { type: 'string' } }));
  const { properties = {}, required = [] } = query ? (jsonSchema(query, 'input') as Schema) : {};
  const asked = Object.entries(properties).map(([name, { description, ...schema }]: [string, Schema]) => ({ name, in: 'query', required: required.includes(name), ...(description ? { description } : {}), schema }));
  return [...parts, ...asked, ...(commands ? [IDEMPOTENCY_KEY] : []), ...(commands && documented?.ifMatch !== false ? [IF_MATCH] : [])];
}

const operation = (route: Route) => ({
  operationId: route.name,
  summary: route.documented?.summary ?? route.name,
  security: route.scopes.map((scope) => ({ token: [scope] })),
  parameters: parametersOf(route),
  ...(route.body ? { requestBody: { required: !route.body.safeParse(undefined).success, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } } } : {}),
  responses: answersOf(route),
});

/** The OpenAPI 3.1 document of one service, from the schemas that its routes check. */
export function openapiDocument(service: string, all: readonly Route[], { issuer, origin }: Configuration): OpenApiDocument {
  const own = all.filter(({ path }) => path.startsWith(`/api/${service}/`));
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of own) (paths[route.path.replaceAll(/:(\w+)/g, '{$1}')] ??= {})[route.method.toLowerCase()] = operation(route) as Operation;
  const scopes = Object.fromEntries(own.flatMap((route) => route.scopes.map((scope) => [scope, scope])));
  return {
    openapi: '3.1.1',
    info: { title: `Symbolon ${service}`, version: '1' },
    servers: [{ url: origin }],
    paths,
    components: { schemas: { Problem }, securitySchemes: { token: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: `${issuer}/token`, scopes } } } } },
  };
}

/** What the page of the documents reads of an operation. `security`: any one of these scopes is enough. */
export type Operation = Readonly<{
  operationId: string;
  summary: string;
  security: readonly Readonly<{ token: readonly string[] }>[];
  parameters: readonly Readonly<{ name: string; in: string; required: boolean; description?: string; schema: object }>[];
  requestBody?: Readonly<{ required: boolean; content: Readonly<Record<string, Readonly<{ schema: object }>>> }>;
  responses: Readonly<Record<string, Readonly<{ description: string; headers?: object; content?: Readonly<Record<string, Readonly<{ schema: object }>>> }>>>;
}>;

/** An OpenAPI document, as far as we make and show it. */
export type OpenApiDocument = Readonly<{ openapi: string; info: Readonly<{ title: string; version: string }>; servers: readonly object[]; paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>; components: object }>;
