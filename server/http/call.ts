import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';

/** What @hono/node-server hands along; absent when a test calls `app.request()`. */
export interface NodeBindings {
  readonly incoming?: IncomingMessage;
  readonly outgoing?: ServerResponse;
}

export type AppContext = Context<{ Bindings: NodeBindings }>;

/** One request of a client, as the routes see it. */
export interface Call {
  readonly method: string;
  /** Path and query, as received. */
  readonly target: string;
  /** By its lower-case name. */
  header(name: string): string | undefined;
  query(name: string): string | undefined;
  /** What the answer goes through; undefined when a test calls the app by hand. */
  readonly outgoing: ServerResponse | undefined;
  /** `listener` runs when the client goes away before it was answered. */
  onGone(listener: () => void): void;
}

export function callOf(context: AppContext): Call {
  const { req } = context;
  // Hono's env is undefined when a test calls `app.request()` without one.
  const bindings = (context.env ?? {}) as NodeBindings;
  return {
    method: req.method,
    get target() {
      return bindings.incoming?.url ?? req.url.slice(new URL(req.url).origin.length);
    },
    outgoing: bindings.outgoing,
    header: (name) => req.header(name),
    query: (name) => req.query(name),
    onGone(listener) {
      const { outgoing } = bindings;
      outgoing?.once('close', () => {
        if (!outgoing.writableFinished) listener();
      });
    },
  };
}
