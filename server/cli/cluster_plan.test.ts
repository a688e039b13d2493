import path from 'node:path';
import { expect, test } from 'vitest';
import { SERVE_FLAGS } from '../options/serve_flags.ts';
import { settleServeOptions } from '../options/serve_options.ts';
import { CLUSTER_FLAGS, planReplicas } from './cluster_plan.ts';
import { parseFlags } from './flags.ts';

const plan = (...args: string[]) => planReplicas(parseFlags(CLUSTER_FLAGS, args).values);

test('three replicas on 8090 to 8092, each with a directory of its own', () => {
  const plans = plan();
  expect(plans.map(({ replicaId, url }) => `${replicaId} ${url}`)).toEqual([
    'safekeeper-1 http://localhost:8090',
    'safekeeper-2 http://localhost:8091',
    'safekeeper-3 http://localhost:8092',
  ]);
  for (const { replicaId, args, dataRoot } of plans) {
    const options = settleServeOptions(parseFlags(SERVE_FLAGS, args).values);
    expect(options.node.peerUrls).toHaveLength(2);
    expect(options.dataDirectory).toBe(path.join(dataRoot, replicaId));
    expect(options.host).toBe('127.0.0.1');
  }
});

test('what the replicas need is handed on, secrets not as arguments', () => {
  const [first] = plan(
    '-api-key',
    'hush',
    '-auth-reads',
    '-segment-bytes',
    '1KiB',
    '-election-timeout',
    '1s',
    '-replicas',
    '1',
  );
  const settled = settleServeOptions(parseFlags(SERVE_FLAGS, first?.args ?? [], first?.environment).values);
  expect(settled).toMatchObject({ clientKeys: ['hush'], authReads: true });
  expect(settled.node).toMatchObject({ segmentBytes: 1024, peerUrls: [] });
  expect(settled.node.timing.electionTimeoutMs).toBe(1000);
  expect(first?.commandLine).not.toContain('hush');
  expect(first?.args.join()).not.toContain('hush');
});

test('a command line can be pasted', () => {
  expect(plan('-data-dir', "/tmp/it's here")[0]?.commandLine).toContain(String.raw`'/tmp/it'\''s here/safekeeper-1'`);
});

test.each([
  [['-replicas', '0'], '1 to 9'],
  [['-replicas', '10'], '1 to 9'],
  [['-port', '65534'], '1 to 65533'],
])('%j is refused', (args, sentence) => {
  expect(() => plan(...args)).toThrow(sentence);
});
