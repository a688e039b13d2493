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
  /** Where the body comes from: Node's own request, or a test's. */
  readonly body: IncomingMessage | Request;
  /** What the answer goes through; undefined when a test calls the app by hand. */
  readonly outgoing: ServerResponse | undefined;
  /** `listener` runs when the client goes away before it was answered. */
  onGone(listener: () => void): void;
}

export function callOf(context: AppContext): Call {
  const { req } = context;
  // Hono's env is undefined when a test calls `app.request()` without one.
  const { incoming, outgoing } = (context.env ?? {}) as NodeBindings;
  return {
    method: req.method,
    get target() {
      return incoming?.url ?? req.url.slice(new URL(req.url).origin.length);
    },
    header: (name) => req.header(name),
    query: (name) => req.query(name),
    get body() {
      return incoming ?? req.raw;
    },
    outgoing,
    onGone: (listener) => whenGone(outgoing, listener),
  };
}

/** A request that does not pass through the app. */
export class DirectCall implements Call {
  readonly body: IncomingMessage;
  readonly outgoing: ServerResponse;
  #query: URLSearchParams | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.body = request;
    this.outgoing = response;
  }

  get method(): string {
    return this.body.method ?? '';
  }

  get target(): string {
    return this.body.url ?? '/';
  }

  header(name: string): string | undefined {
    const value = this.body.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  query(name: string): string | undefined {
    const { target } = this;
    this.#query ??= new URLSearchParams(target.includes('?') ? target.slice(target.indexOf('?')) : '');
    return this.#query.get(name) ?? undefined;
  }

  onGone(listener: () => void): void {
    whenGone(this.outgoing, listener);
  }
}

function whenGone(outgoing: ServerResponse | undefined, listener: () => void): void {
  outgoing?.once('close', () => {
    if (!outgoing.writableFinished) listener();
  });
}
