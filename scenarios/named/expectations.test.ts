import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeAnswer, type Happening, runScenario } from '../../sim/index.ts';
import { NAMED_SCENARIOS } from './index.ts';

/** What is to be known of a run, in words: what replicas say of themselves, and what clients were told. */
function outcomeOf(name: string): { observed: string[]; answers: string[] } {
  const named = NAMED_SCENARIOS.find((one) => one.name === name);
  if (named === undefined) throw new Error(`there is no scenario ${name}`);
  const observed: string[] = [];
  const answers: string[] = [];
  const onHappening = (happening: Happening): void => {
    const who = `${(happening.replica ?? 0) + 1}`;
    if (happening.what === 'answer') answers.push(`${happening.request.client}: ${describeAnswer(happening.answer)}`);
    if (happening.what !== 'effect' || happening.effect.kind !== 'observe') return;
    const { observation } = happening.effect;
    if (observation.what === 'roleChanged' && observation.role === 'leader')
      observed.push(`${who} leads ${observation.term}`);
    else if (observation.what === 'truncated' || observation.what === 'holeDiscarded')
      observed.push(`${who} ${observation.what} ${observation.lastIndex}`);
    else if (observation.what === 'holeFilled') observed.push(`${who} filled ${observation.index}`);
    else if (observation.what === 'diskStalled') observed.push(`${who} stalled`);
  };
  runScenario(named.scenario, { onHappening });
  return { observed, answers };
}

describe('named scenarios, beyond their transcripts', () => {
  it('have names of their own, and no transcript is without its scenario', () => {
    const names = NAMED_SCENARIOS.map(({ name }) => `${name}.txt`);
    expect(new Set(names).size).toBe(names.length);
    expect(readdirSync(new URL('transcripts/', import.meta.url)).sort()).toEqual([...names].sort());
  });

  it('stand in docs/scenarios.md in the order of the course', () => {
    const page = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8');
    const linked = [...page.matchAll(/transcripts\/([a-z0-9-]+)\.txt/g)].map(([, name]) => name);
    expect(linked).toEqual(NAMED_SCENARIOS.map(({ name }) => name));
  });

  it('a follower that returns deposes nobody', () => {
    expect(outcomeOf('election-with-prevote').observed).toEqual(['1 leads 1', '2 leads 2']);
    expect(outcomeOf('flapping-link').observed).toEqual(['1 leads 1']);
  });

  it('a split vote costs a term, and no more', () => {
    expect(outcomeOf('split-vote').observed).toEqual(['1 leads 1', '3 leads 3']);
  });

  it('a bridge does not change the leader as long as that has a majority', () => {
    expect(outcomeOf('bridge-partition').observed).toEqual(['1 leads 1', '3 leads 2']);
  });

  it('figure 7: whoever has what the leader has not gives it up', () => {
    expect(outcomeOf('figure-7').observed.slice(-5)).toEqual([
      '1 leads 8',
      '4 truncated 12',
      '5 truncated 13',
      '6 truncated 8',
      '7 truncated 12',
    ]);
  });

  it('figure 8: an old entry on a majority is overwritten, and was never acknowledged', () => {
    const { observed, answers } = outcomeOf('figure-8');
    expect(observed).toEqual([
      '1 leads 1',
      '5 leads 2',
      '1 leads 3',
      '5 leads 4',
      '2 truncated 3',
      '3 truncated 3',
      '1 truncated 4',
    ]);
    expect(answers).toEqual([]);
  });

  it('figure 8 (e): with an entry of the own term it is safe', () => {
    const { observed } = outcomeOf('figure-8-e');
    expect(observed.slice(0, 4)).toEqual(['1 leads 1', '5 leads 2', '1 leads 3', '3 leads 4']);
    expect(observed.slice(4)).toEqual(['5 truncated 4']);
  });

  it('a zombie says "unknown", and the truth when it knows it', () => {
    const { answers } = outcomeOf('zombie-leader');
    expect(answers.filter((answer) => answer.startsWith('old writer')).map((answer) => answer.slice(12, 24))).toEqual([
      'unknown: thi',
      'I do not lea',
      'refused, out',
    ]);
  });

  it('a deposed leader answers no linearizable read', () => {
    expect(outcomeOf('read-at-a-deposed-leader').answers).toEqual([
      'writer: stored: LSN 100',
      'writer: stored: LSN 200',
      'local reader: the latest LSN is 100, of 1 records',
      'linearizable reader: I do not lead, and know nobody who does',
      'linearizable reader: the latest LSN is 200, of 2 records',
    ]);
  });

  it('a deposed leader refuses nothing either', () => {
    expect(outcomeOf('no-from-a-dead-log').answers.filter((answer) => /refused|stored/.test(answer))).toEqual([
      'one: unknown: this replica stopped leading before a quorum confirmed the record: it may be stored or not; send it again',
      'another: stored: LSN 120',
    ]);
  });

  it('a leader whose disk stalls commits by the others, and goes', () => {
    const { observed, answers } = outcomeOf('stalled-leader-disk');
    expect(observed).toEqual(['1 leads 1', '1 stalled', '3 leads 2']);
    expect(answers[0]).toBe('client: stored: LSN 100');
  });

  it('after a power cut of all, bytes that somebody has fill holes, and others are given up', () => {
    expect(outcomeOf('power-cut-of-all').observed).toEqual([
      '1 leads 1',
      '2 leads 2',
      '2 holeDiscarded 6',
      '1 truncated 6',
      '1 filled 5',
    ]);
    expect(outcomeOf('hole-filled').observed).toEqual(['1 leads 1', '3 filled 4']);
  });

  it('of two writers one is told no', () => {
    const { answers } = outcomeOf('duelling-writers');
    expect(answers.filter((answer) => /refused/.test(answer)).map((answer) => answer.split(/[ ,:]+/)[2])).toEqual([
      'conflict',
      'out_of_order',
      'gap',
    ]);
    const fenced = outcomeOf('fenced-writer').answers.filter((answer) => /fenced/.test(answer));
    expect(fenced).toHaveLength(2);
  });

  it('a leader that hears nobody goes, and one that is asked to hands over', () => {
    expect(outcomeOf('deaf-leader').observed).toEqual(['1 leads 1', '3 leads 2']);
    expect(outcomeOf('handing-over').observed).toEqual(['1 leads 1', '2 leads 2']);
  });

  it('without its memory a replica elects nobody', () => {
    expect(outcomeOf('lost-directory').observed).toEqual(['1 leads 1', '2 leads 2']);
  });
});
