import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { TestCluster } from '../testing/cluster.ts';
import { request } from '../testing/http_client.ts';
import { Writer } from '../testing/writer.ts';
import { waitFor } from '../testing/wait.ts';

test("Prometheus' own parser, and its linter, have nothing to say against /metrics", async () => {
  const cluster = await TestCluster.start(3);
  try {
    const writer = new Writer(cluster, 0n, 4);
    await waitFor('some records', () => (writer.acknowledged.length > 50 ? true : undefined));
    await writer.stop();
    for (const { url } of cluster.replicas) {
      await request(`${url}/api/v1/get_wal?lsn=0`);
      const { text, headers } = await request(`${url}/metrics`);
      expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
      const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
      if (checked.error !== undefined)
        throw new Error('promtool is not there: apt-get install prometheus', { cause: checked.error });
      expect([checked.status, checked.stdout, checked.stderr]).toEqual([0, '', '']);
    }
  } finally {
    await cluster.close();
  }
});
