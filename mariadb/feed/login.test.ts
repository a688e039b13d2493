import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeGreeting, parseLogin, proves } from './login.ts';

const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest();
const scramble = Buffer.from('01234567890123456789', 'latin1');

/** As a client computes it, by the definition. */
function proofOf(password: string): Buffer {
  const mask = sha1(Buffer.concat([scramble, sha1(sha1(Buffer.from(password)))]));
  return Buffer.from(sha1(Buffer.from(password)).map((byte, index) => byte ^ (mask[index] ?? 0)));
}

test('a proof is of this password and no other', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (password, other) => {
      expect(proves(proofOf(password), scramble, password)).toBe(true);
      expect(proves(proofOf(other), scramble, password)).toBe(other === password);
    }),
  );
  expect(proves(Buffer.alloc(0), scramble, 'secret')).toBe(false);
});

test('the greeting is what the protocol says', () => {
  const greeting = encodeGreeting('5.5.5-x', 7, scramble);
  expect(greeting[0]).toBe(10);
  expect(greeting.toString('latin1', 1, 9)).toBe('5.5.5-x\0');
  expect(greeting.readUInt32LE(9)).toBe(7);
  expect(greeting.toString('latin1', 13, 21)).toBe('01234567');
  expect(greeting.readUInt8(21)).toBe(0);
  // After capabilities, character set, status, capabilities, the length of the scramble and ten zeros.
  expect(greeting.readUInt8(29)).toBe(21);
  expect(greeting.toString('latin1', 40)).toBe('890123456789\0mysql_native_password\0');
});

test('an answer that is none is refused, whatever it is', () => {
  expect(() => parseLogin(Buffer.alloc(10))).toThrow(RangeError);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        parseLogin(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});
