import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listBinaryLogs } from './directory.ts';
import { SyntheticLog } from './testing/synthetic_log.ts';
import { temporaryDirectory } from './testing/temporary_logs.ts';

const LOG = new SyntheticLog().bytes;

describe('listBinaryLogs', () => {
  it('takes the logs in the order of their numbers and names what it ignores', async () => {
    const directory = await temporaryDirectory({
      'm.1000000': LOG,
      'm.999999': LOG,
      'm.999998': LOG,
      'm.index': './m.999998\n',
      'aria_log.00000001': 'no binary log',
      ibdata1: '',
    });
    await mkdir(join(directory, 'shop.000001'));
    const { logs, ignored } = await listBinaryLogs(directory);
    expect(logs.map(({ number }) => number)).toEqual([999998, 999999, 1000000]);
    expect(logs[0]).toMatchObject({ name: 'm.999998', path: join(directory, 'm.999998'), sizeBytes: LOG.byteLength });
    expect(ignored).toEqual(['aria_log.00000001', 'ibdata1', 'm.index', 'shop.000001']);
  });

  it('takes a file that the server has only just created', async () => {
    const directory = await temporaryDirectory({ 'm.000001': LOG, 'm.000002': '' });
    expect((await listBinaryLogs(directory)).logs.length).toBe(2);
  });

  it.each<[string, Record<string, Uint8Array>]>([
    ['holds no binary log', {}],
    ['holds no binary log', { 'm.000001': Buffer.from('hello'), 'm.000000': LOG }],
    ['holds logs of 2 names (a, b)', { 'a.000001': LOG, 'b.000001': LOG }],
    ['after m.000002 comes m.000004. The files between are missing.', { 'm.000002': LOG, 'm.000004': LOG }],
    ['There are two files of that number', { 'm.000002': LOG, 'm.0000002': LOG }],
  ])('refuses a directory that %s', async (why, files) => {
    const directory = await temporaryDirectory(files);
    await expect(listBinaryLogs(directory)).rejects.toMatchObject({
      code: 'directory',
      message: expect.stringContaining(why),
    });
  });

  it('passes on that there is no directory', async () => {
    await expect(listBinaryLogs('/does/not/exist')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
