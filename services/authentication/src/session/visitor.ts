import type { FastifyRequest } from 'fastify';

/** A form's field as text; what is missing or sent twice is empty. */
export const field = (request: FastifyRequest, name: string, longest = 4_096): string => {
  const value = (request.body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' && value.length <= longest ? value : '';
};

/** All values of a field that may be ticked more than once. */
export const fields = (request: FastifyRequest, name: string): readonly string[] => {
  const value = (request.body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string').slice(0, 50);
};

/** A parameter of the query as text. */
export const asked = (request: FastifyRequest, name: string): string | undefined => {
  const value = (request.query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
};
