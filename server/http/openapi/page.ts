import type { Route } from '../routes.ts';
import { errorCodesOf } from './document.ts';
import { ERRORS } from './errors.ts';
import type { Schema } from './schema.ts';

/** The reference as one page of HTML for a person: no scripts, nothing from elsewhere. */
export function referencePage(routes: Readonly<Record<string, Route>>, version: string): string {
  const sections = Object.entries(routes).map(([path, route]) => section(path, route));
  const errors = Object.entries(ERRORS).map(([code, [status, meaning]]) => [String(status), `\`${code}\``, meaning]);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Safekeeper ${escaped(version)}: HTTP API</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 55rem; margin: 2rem auto; padding: 0 1rem; }
  h2 { margin-top: 2.5rem; font-size: 1.1rem; }
  code, h2 { font-family: ui-monospace, monospace; }
  table { border-collapse: collapse; }
  td, th { border-bottom: 1px solid #ccc; padding: 0.2rem 1rem 0.2rem 0; text-align: left; vertical-align: top; }
</style>
<h1>Safekeeper ${escaped(version)}: HTTP API</h1>
<p>For programs: <a href="/openapi.json">openapi.json</a>. Bodies are JSON. LSNs are whole numbers up to 2<sup>64</sup>−1, written digit
for digit; in requests they may also be strings of digits.</p>
${sections.join('\n')}
<h2>Errors</h2>
<p>An error is <code>{"status":"error","error":"a sentence","code":"word"}</code>. The codes stay the same; the sentences may not.</p>
${table(['status', 'code', 'meaning'], errors)}
</html>
`;
}

const ACCESS = {
  open: 'Never asks for a key.',
  public: 'Asks for a key only with <code>-auth-reads</code>.',
  protected: 'Asks for a key, if there is one.',
} as const;

function section(path: string, route: Route): string {
  const { method, access, doc } = route;
  const query = Object.entries(doc.query ?? {}).map(([name, { description, required }]) => [
    `\`${name}\``,
    required === true ? 'required' : '',
    description,
  ]);
  const codes = errorCodesOf(route).map((code) => `<code>${code}</code>`);
  return [
    `<h2 id="${escaped(path)}">${method} ${escaped(path)}</h2>`,
    `<p>${marked(doc.summary)} ${ACCESS[access]}</p>`,
    query.length === 0 ? '' : table(['parameter', '', ''], query),
    doc.body === undefined ? '' : `<p>Body:</p>${table(['field', '', ''], fieldsOf(doc.body))}`,
    doc.several === undefined
      ? ''
      : `<p>Or an array of up to ${doc.several.max} of them. ${marked(doc.several.description)}</p>`,
    doc.streams?.body === undefined ? '' : `<p>Or one of these:</p>${table(['type', ''], typesOf(doc.streams.body))}`,
    doc.success === undefined ? '' : `<p>Answer:</p>${table(['field', '', ''], fieldsOf(doc.success))}`,
    doc.streams === undefined ? '' : `<p>Or one of these:</p>${table(['type', ''], typesOf(doc.streams.answer))}`,
    `<p>Errors: ${codes.join(', ')}.</p>`,
  ].join('\n');
}

function typesOf(types: Readonly<Record<string, string>>): string[][] {
  return Object.entries(types).map(([type, description]) => [`\`${type}\``, description]);
}

function fieldsOf({ properties, required }: Schema): string[][] {
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(properties as Readonly<Record<string, Schema>>).map(([name, schema]) => [
    `\`${name}\``,
    needed.includes(name) ? '' : 'optional',
    kindOf(schema),
  ]);
}

/** What a value may be, in words. */
function kindOf(schema: Schema): string {
  const { const: only, enum: some, type, properties, items, description } = schema;
  if (items !== undefined) return `array of: ${kindOf(items as Schema)}`;
  const kind =
    typeof only === 'string'
      ? `\`${only}\``
      : Array.isArray(some)
        ? some.map((one) => `\`${String(one)}\``).join(' or ')
        : properties === undefined
          ? typeof type === 'string'
            ? type
            : 'integer or text'
          : Object.entries(properties as Readonly<Record<string, Schema>>)
              .map(([name, its]) => `\`${name}\`: ${kindOf(its)}`)
              .join('; ');
  return typeof description === 'string' ? `${kind}. ${description}` : kind;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${marked(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${cells(head, 'th')}${rows.map((row) => cells(row, 'td')).join('')}</table>`;
}

/** Text with code between backticks. */
function marked(text: string): string {
  return escaped(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
