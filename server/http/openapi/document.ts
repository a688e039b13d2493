import type { Route } from '../routes.ts';
import { ERRORS, type ErrorCode, errorsOf } from './errors.ts';
import type { RouteDoc } from './route_docs.ts';
import type { Schema } from './schema.ts';

/** The API as an OpenAPI 3.1 document, made from the routes themselves. */
export function openApiDocument(routes: Readonly<Record<string, Route>>, version: string): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Safekeeper',
      version,
      description: 'Keeps a write-ahead log on a quorum of disks before a commit is acknowledged.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: Object.fromEntries(
      Object.entries(routes).map(([path, route]) => [path, { [route.method.toLowerCase()]: operation(route) }]),
    ),
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

/** Every code this route may answer with. */
export function errorCodesOf({ access, doc }: Route): readonly ErrorCode[] {
  return [...doc.errors, ...(access === 'open' ? [] : (['unauthorized'] as const)), 'method_not_allowed', 'internal'];
}

function operation(route: Route): Schema {
  const { access, doc } = route;
  const codes = errorCodesOf(route);
  const statuses = [...new Set(codes.map((code) => ERRORS[code][0] as number))].sort((one, other) => one - other);
  return {
    operationId: route.id,
    summary: doc.summary,
    security: access === 'open' ? [] : [...(access === 'public' ? [{}] : []), { key: [] }, { token: [] }],
    ...(doc.query === undefined ? {} : { parameters: parametersOf(doc.query) }),
    ...(doc.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: bodySchema(doc.body, doc.several) },
              ...contentOf(doc.streams?.body),
            },
          },
        }),
    responses: {
      200: {
        description: 'Success.',
        content:
          doc.success === undefined
            ? { 'text/plain': { schema: { type: 'string' } } }
            : { 'application/json': { schema: doc.success }, ...contentOf(doc.streams?.answer) },
      },
      ...Object.fromEntries(
        statuses.map((status) => {
          const { description, schema } = errorsOf(status, codes);
          return [status, { description, content: { 'application/json': { schema } } }];
        }),
      ),
    },
  };
}

/** Media types whose bytes a schema cannot say more of than a sentence. */
function contentOf(types: Readonly<Record<string, string>> = {}): Schema {
  return Object.fromEntries(
    Object.entries(types).map(([type, description]) => [type, { schema: { type: 'string', description } }]),
  );
}

function bodySchema(one: Schema, several: RouteDoc['several']): Schema {
  if (several === undefined) return one;
  const { max, description } = several;
  return { anyOf: [one, { type: 'array', items: one, minItems: 1, maxItems: max, description }] };
}

function parametersOf(query: NonNullable<Route['doc']['query']>): readonly Schema[] {
  return Object.entries(query).map(([name, { schema, description, required = false }]) => ({
    name,
    in: 'query',
    description,
    required,
    schema,
  }));
}
