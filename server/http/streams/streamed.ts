/** What a route returns that answers through Node's own response, piece by piece. */
export const STREAMED = Symbol('streamed');
export type Streamed = typeof STREAMED;
