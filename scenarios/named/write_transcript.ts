import { transcribe } from '../transcript/transcribe.ts';
import { wrapParagraphs } from '../transcript/paragraph.ts';
import type { NamedScenario } from './named_scenario.ts';

const COLUMNS = 100;

/** The whole transcript of a named scenario, as it lies beside it. */
export function writeTranscript({ title, source, explanation, scenario, notes }: NamedScenario): string {
  const lines = [
    title,
    '='.repeat(title.length),
    '',
    ...wrapParagraphs(explanation, COLUMNS),
    '',
    ...wrapParagraphs(`Source: ${source}`, COLUMNS),
    '',
    '-'.repeat(COLUMNS),
    ...transcribe(scenario, notes),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
