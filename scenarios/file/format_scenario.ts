import type { Scenario } from '../../sim/index.ts';
import { readScenario } from './read_scenario.ts';

const WIDTH = 160;

/** A scenario as the text of a file: JSON that a person can read, a fault a line, its fields always in the same order. */
export function formatScenario(scenario: Scenario): string {
  return `${formatJson(readScenario(scenario), '')}\n`;
}

/** Whatever fits stands in one line. */
function formatJson(value: unknown, indent: string): string {
  const line = inOneLine(value);
  if (indent.length + line.length <= WIDTH || typeof value !== 'object' || value === null) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return `[\n${value.map((one) => `${inner}${formatJson(one, inner)}`).join(',\n')}\n${indent}]`;
  const fields = present(value).map(([key, field]) => `${inner}${JSON.stringify(key)}: ${formatJson(field, inner)}`);
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

function inOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  const fields = present(value).map(([key, field]) => `${JSON.stringify(key)}: ${inOneLine(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function present(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, field]) => field !== undefined);
}
