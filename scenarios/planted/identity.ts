import type { PlantedMistake } from './mistake.ts';

/** Who is who. */
export const IDENTITY_MISTAKES: readonly PlantedMistake[] = [
  {
    name: 'take whoever greets for the one that promised',
    source:
      'Neon and CockroachDB give each disk an identity for this: a replica that lost or went back in its memory is another one',
    file: 'engine/identity/handshake.ts',
    find: 'const complaint = complaintAbout(d, message, hello);',
    replace: "const complaint = d.phase === 'founding' ? complaintAbout(d, message, hello) : undefined;",
  },
  {
    name: 'let an old copy outgrow what was seen of it',
    source: 'found by this simulator (docs/decisions/0006): a boot number alone can be caught up with',
    file: 'engine/identity/handshake.ts',
    find: '    !remembers(hello, message.boot, mark) ||\n',
    replace: '',
  },
];
