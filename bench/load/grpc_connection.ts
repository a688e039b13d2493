import http2 from 'node:http2';

/** A gRPC channel to etcd, as far as a load needs it: unary calls of one method, whose answers are only looked at for success. */
export class GrpcConnection {
  readonly #session: http2.ClientHttp2Session;

  constructor(port: number) {
    this.#session = http2.connect(`http://127.0.0.1:${port}`);
    this.#session.on('error', () => undefined);
  }

  /** @param message in protobuf. */
  call(method: string, message: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ':method': 'POST',
        ':path': method,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      let status: unknown;
      stream.on('trailers', (headers) => (status = headers['grpc-status']));
      stream.on('error', reject);
      stream.on('end', () => {
        if (status === '0') resolve();
        else reject(new Error(`gRPC status ${String(status)}`));
      });
      stream.resume();
      const frame = Buffer.allocUnsafe(5 + message.byteLength);
      frame.writeUInt8(0, 0);
      frame.writeUInt32BE(message.byteLength, 1);
      frame.set(message, 5);
      stream.end(frame);
    });
  }

  close(): void {
    this.#session.destroy();
  }
}

/** A field of bytes in protobuf. */
export function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.byteLength), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}
