/**
 * The units of the engine. A flavour keeps a `Term` from being passed where an `Index` is meant,
 * while the result of arithmetic (a plain number) still fits, so that the algebra stays readable.
 */
type Flavour<Base, Name extends string> = Base & { readonly __unit?: Name };

/** A Raft term: a non-negative safe integer. 0 is the term of the founding entry, before any election. */
export type Term = Flavour<number, 'Term'>;

/** A position in the log: 1, 2, 3 … without gaps. 0 is the position before the first entry. */
export type Index = Flavour<number, 'Index'>;

/** A log sequence number of the database: 1 … 2^64−1, strictly increasing along the log, gaps allowed. 0 means none. */
export type Lsn = Flavour<bigint, 'Lsn'>;

/** The generation of a writer: 0 … 2^53−1, never decreasing along the log. It fences a writer that was replaced. */
export type Generation = Flavour<number, 'Generation'>;

/** A duration or an instant of one node's clock, in milliseconds. No safety property depends on it. */
export type Millis = Flavour<number, 'Millis'>;

/** The name an operator gave a replica, e.g. `safekeeper-1`. */
export type ReplicaId = Flavour<string, 'ReplicaId'>;

/** 128 random bits, in hex, drawn by an empty data directory: which *disk* this is, whatever its replica is called. */
export type Incarnation = Flavour<string, 'Incarnation'>;

/** The hash of the founding membership, 128 bits in hex. */
export type ClusterId = Flavour<string, 'ClusterId'>;

/** Where a peer is reached: a normalised URL such as `http://localhost:8090`. */
export type PeerUrl = Flavour<string, 'PeerUrl'>;

/** Names a client request within one process life; chosen by the driver, strictly increasing. */
export type RequestId = Flavour<number, 'RequestId'>;

/** Names a disk effect within one process life; chosen by the engine, strictly increasing. */
export type OperationId = Flavour<number, 'OperationId'>;

export const LSN_MAX: Lsn = 0xffff_ffff_ffff_ffffn;
