export { type FeedEvent, type FeedOptions, ReplicaFeed } from './replica_feed.ts';
export { type StoredLog, storedLogOf } from './stored_log.ts';
