/**
 * What a decoder in `engine/bytes/` throws when its input does not have the promised form: too short, too long, not
 * UTF-8, an integer that a `number` cannot hold. It is the only error a decoder throws whatever the input is, so a
 * caller that handles bytes from elsewhere (a peer, a disk) catches exactly this class and nothing else.
 */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}
