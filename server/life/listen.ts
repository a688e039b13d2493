import type http from 'node:http';
import type { ServeOptions } from '../options/serve_options.ts';

/** The replica cannot start; the sentence says why and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** @throws StartError when the address cannot be had. */
export function listen(server: http.Server, { port, host }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(new StartError(explain(error, port, host)));
    server.once('error', failed);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string | undefined): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is already in use. Stop what listens there (another replica?), or choose another -port.`;
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose a -port above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `-host ${host} is no address of this machine. Leave it away to listen on every interface.`;
    default:
      return `Port ${port} cannot be listened on: ${error.message}.`;
  }
}
