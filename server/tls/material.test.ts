import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SILENT } from '../log/logger.ts';
import { Authority } from '../testing/certificates.ts';
import { TlsCredentials } from './credentials.ts';
import { readTlsMaterial, type TlsFiles, type TlsMaterial } from './material.ts';

let directory: string;
let authority: Authority;
let good: TlsFiles;

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'safekeeper-tls-'));
  authority = new Authority(directory);
  good = { ...authority.sign('good'), ca: authority.ca, clientAuth: false };
});
afterAll(() => {
  fs.rmSync(directory, { recursive: true });
});

const write = (name: string, text: string, mode = 0o600): string => {
  const file = path.join(directory, name);
  fs.writeFileSync(file, text, { mode });
  fs.chmodSync(file, mode);
  return file;
};
const read = (change: Partial<TlsFiles>) => () => readTlsMaterial({ ...good, ...change });

describe('TLS files', () => {
  test('that fit together are read', () => {
    const material = readTlsMaterial({ ...good, clientAuth: true });
    expect(material.expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(material.ca?.toString()).toContain('BEGIN CERTIFICATE');
  });

  test('that are not there, or not what they should be', () => {
    expect(read({ cert: '/nowhere/x.crt' })).toThrow('There is no file /nowhere/x.crt, which -tls-cert names.');
    expect(read({ key: '/nowhere/x.key' })).toThrow('There is no file /nowhere/x.key, which -tls-key names.');
    expect(read({ ca: '/nowhere/ca.crt' })).toThrow('There is no file /nowhere/ca.crt, which -tls-ca names.');
    expect(read({ cert: directory })).toThrow('cannot be read');
    expect(read({ cert: good.key })).toThrow('holds no certificate');
    expect(read({ key: write('no.key', fs.readFileSync(good.cert, 'utf8')) })).toThrow('holds no private key');
    expect(read({ ca: good.key })).toThrow('holds no certificate');
    expect(read({ key: authority.sign('another').key })).toThrow('is not the key of the certificate');
  });

  test('that others can read, or that are locked', () => {
    const text = fs.readFileSync(good.key, 'utf8');
    for (const mode of [0o604, 0o644, 0o666]) {
      expect(read({ key: write('open.key', text, mode) })).toThrow(
        /open\.key can be read by others \(mode 06[0-6]{2}\).*chmod 600/,
      );
    }
    const locked = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n';
    expect(read({ key: write('locked.key', locked) })).toThrow('is locked with a passphrase');
  });

  test('whose time, or purpose, is another', () => {
    const late = new Date(Date.now() + 31 * 86_400_000);
    expect(() => readTlsMaterial(good, late)).toThrow(/expired on .*: renew it/);
    expect(() => readTlsMaterial(good, new Date(0))).toThrow("correct this machine's clock");
    const forServers = authority.sign('server', { purposes: 'serverAuth' });
    expect(read(forServers)).not.toThrow();
    expect(read({ ...forServers, clientAuth: true })).toThrow('not meant for clients');
    expect(read(authority.sign('client', { purposes: 'clientAuth' }))).toThrow('not meant for servers');
  });
});

test('changed files are read again; files that cannot be used leave those before in force', () => {
  const reloads: (TlsMaterial | undefined)[] = [];
  const own = authority.sign('own');
  const credentials = new TlsCredentials({ ...good, ...own }, SILENT, (material) => reloads.push(material));
  try {
    const before = credentials.material;
    credentials.reload();
    expect(reloads).toEqual([]);
    // Half of a renewal: the certificate is new, the key is not yet.
    const oldKey = fs.readFileSync(own.key);
    authority.sign('own');
    const newKey = fs.readFileSync(own.key);
    fs.writeFileSync(own.key, oldKey);
    credentials.reload();
    expect(reloads).toEqual([undefined]);
    expect(credentials.material).toBe(before);
    fs.rmSync(own.key);
    fs.writeFileSync(own.key, newKey, { mode: 0o600 });
    credentials.reload();
    expect(reloads[1]).toBe(credentials.material);
    expect(credentials.outgoing.key).toEqual(newKey);
  } finally {
    credentials.close();
  }
});
