/** What happens to a message between two replicas, drawn for each message anew. */
export interface NetworkParameters {
  readonly delayMinimumMs: number;
  readonly delayMeanMs: number;
  /** Probabilities, 0 to 1. */
  readonly loss: number;
  readonly duplicate: number;
  /** How likely a message comes once more much later: within `replayWithinMs`. */
  readonly replay: number;
  readonly replayWithinMs: number;
  /** How likely a message arrives with a bit flipped, cut short, or too long. Absent: never. */
  readonly damaged?: number;
  /** Whether a link delivers in the order of sending, as one connection does. */
  readonly ordered: boolean;
  /** Messages in flight on one directed link; more are lost. */
  readonly queueMax: number;
}

/** Between clients and replicas. A lost request never arrives; a lost answer leaves the client in doubt. */
export interface ClientNetworkParameters {
  readonly delayMinimumMs: number;
  readonly delayMeanMs: number;
  readonly requestLoss: number;
  readonly answerLoss: number;
}

export const HEALTHY_NETWORK: NetworkParameters = {
  delayMinimumMs: 0.2,
  delayMeanMs: 1,
  loss: 0,
  duplicate: 0,
  replay: 0,
  replayWithinMs: 0,
  ordered: false,
  queueMax: 100_000,
};

export const HEALTHY_CLIENT_NETWORK: ClientNetworkParameters = {
  delayMinimumMs: 0.2,
  delayMeanMs: 1,
  requestLoss: 0,
  answerLoss: 0,
};
