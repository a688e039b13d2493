import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface SaidAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly text: string;
}

const ajv = new Ajv2020({ strict: true, formats: { uint64: true } });
const validators = new Map<object, ValidateFunction>();

/** Whether this answer is one of those that the document promises; if not, why. */
export function complaint(operation: Operation, { status, contentType, text }: SaidAnswer): string | undefined {
  const promised = operation.responses[status];
  if (promised === undefined) return `status ${status} is not documented`;
  const type = contentType?.split(';')[0] ?? 'none';
  const schema = promised.content[type]?.schema;
  if (schema === undefined) return `type ${type} is not documented for status ${status}`;
  if (type !== 'application/json') return undefined;
  const validate = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validate);
  return validate(JSON.parse(text)) ? undefined : `${ajv.errorsText(validate.errors)}: ${text}`;
}
