import { randomBytes, randomInt } from 'node:crypto';
import type http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { describeMessage } from '../../engine/index.ts';
import { Credentials } from '../credentials/credentials.ts';
import { listDataDirectory, prepareDataDirectory } from '../disk/data_directory.ts';
import { Disk } from '../disk/disk.ts';
import { type DirectoryLock, lockDirectory } from '../disk/lock.ts';
import { Driver } from '../driver/driver.ts';
import { setPatientTimer } from '../driver/patient_timer.ts';
import type { Engine } from '../driver/engine.ts';
import { ByteBudget } from '../http/byte_budget.ts';
import { CommitFeed } from '../http/streams/commit_feed.ts';
import { ReadQueue } from '../http/read_queue.ts';
import { Forwarder } from '../http/forward.ts';
import type { Service } from '../http/service.ts';
import type { Logger } from '../log/logger.ts';
import { RateLimit } from '../log/rate_limit.ts';
import type { ServeOptions } from '../options/serve_options.ts';
import { Metrics } from '../metrics/metrics.ts';
import { timedNode } from '../metrics/timed_node.ts';
import { Peers } from '../peers/peers.ts';
import type { PeerReceiver } from '../peers/receive.ts';
import { VERSION } from '../version.ts';
import { TlsCredentials } from '../tls/credentials.ts';
import { TlsFileError, type TlsMaterial } from '../tls/material.ts';
import { contextOf, createFront } from './http_front.ts';
import { Life } from './life.ts';
import { listen, StartError } from './listen.ts';
import { observationLog } from './observation_log.ts';

/** A replica that runs. */
export interface Replica {
  /** Asks it to stop: it hands over, answers what it can, and gives the directory back. Asking twice changes nothing. */
  stop(): void;
  /** Reads the TLS files again, if they have changed. */
  reload(): void;
  /** Resolves when nothing of it runs any more, with the process's exit status: 0 after `stop`, 1 after a fault. */
  readonly stopped: Promise<0 | 1>;
}

/** How long answers already given, and last words to peers, may take to leave. */
const LAST_WORDS_MS = 300;

/** Enough to keep the disk busy. */
const READS_RUNNING_MAX = 16;
const READS_WAITING_MAX = 4_096;

const MIB = 1024 * 1024;

/**
 * Starts a replica: its directory, its port, its peers, and the engine that decides everything.
 *
 * @throws DataDirectoryError or StartError, whose sentence says what to do.
 */
export async function startReplica<Node>(options: ServeOptions, engine: Engine<Node>, log: Logger): Promise<Replica> {
  const { node: config, dataDirectory } = options;
  prepareDataDirectory(dataDirectory);
  const lock = await lockDirectory(dataDirectory);
  const metrics = new Metrics(VERSION, config.replicaId, () => driver.status());
  const disk = new Disk(dataDirectory, (operation, seconds, isFailed) =>
    metrics.diskOperation(operation, seconds, isFailed),
  );
  const tls = loadTls(options, lock, log, (material) => {
    if (material !== undefined) {
      if (tls !== undefined && server instanceof https.Server) server.setSecureContext(contextOf(tls));
      forwarder.renew();
    }
    metrics.tlsReloaded(material?.expiresAt);
  });
  if (tls !== undefined) metrics.tlsExpires(tls.material.expiresAt);
  const peers = new Peers({ peerKey: options.peerKey, tls, log });
  const forwarder = new Forwarder(tls);
  const life = new Life();
  const tell = observationLog(log);

  const driver = new Driver(
    engine,
    {
      nowMs: () => Math.floor(performance.now()),
      setTimer: setPatientTimer,
      endOfTurn: (run) => setImmediate(run),
      send: (to, bytes) => peers.send(to, bytes),
      runDisk: (effect, done) => disk.run(effect, done),
      observe(observation) {
        if (observation.what === 'committed') feed.committed(observation.lsn);
        metrics.observe(observation);
        tell(observation);
      },
      halted: (cause, sentence) => {
        if (cause === 'shutdown') log.info('stopped', { why: sentence });
        else log.error('this replica has stopped and needs a person', { why: sentence });
        life.halted(cause);
      },
      crashed: (error) => {
        log.error('a bug in the engine stopped this replica; its files are as they were, please report it', {
          error: error instanceof Error ? error.stack : String(error),
        });
        life.halted('fault');
      },
    },
    config,
    randomInt(2 ** 48 - 1),
  );

  const feed = new CommitFeed((query) => driver.read(query, 'local'));
  const bodyLimits = bodyLimitsFor(config.limits.recordBytesMax);
  const service: Service = {
    version: VERSION,
    node: timedNode(driver, metrics),
    credentials: new Credentials(options.clientKeys),
    authReads: options.authReads,
    bodyLimits,
    answerBudget: new ByteBudget(2 * bodyLimits.bodyBytesMax + 64 * MIB),
    reads: new ReadQueue(READS_RUNNING_MAX, READS_WAITING_MAX),
    feed,
    recordBytesMax: config.limits.recordBytesMax,
    forward: forwarder.forward,
    forwardStream: forwarder.forwardStream,
    log,
    failureLimit: new RateLimit(1_000),
    metrics,
  };
  const turnedAway = (side: 'peer' | 'connection') => {
    const limit = new RateLimit(30_000);
    return (from: string, reason: string, sentence: string): void => {
      metrics.turnedAway(side, reason);
      if (limit.passes(`${from} ${sentence}`))
        log.warn(`turned a ${side === 'peer' ? 'peer request' : side} away`, { from, why: sentence });
    };
  };
  const server = createFront({
    service,
    receiver: peerReceiver(options, (bytes) => driver.message(bytes), turnedAway('peer')),
    tls,
    connectionsMax: options.connectionsMax,
    turnedAway: turnedAway('connection'),
  });
  try {
    await listen(server, options);
  } catch (error) {
    lock.release();
    throw error;
  }
  log.info('started', {
    version: VERSION,
    replica: config.replicaId,
    url: config.advertiseUrl,
    peers: config.peerUrls.join(',') || undefined,
    dataDir: dataDirectory,
  });
  driver.start(listDataDirectory(dataDirectory), randomBytes(64));

  return {
    reload() {
      log.info('asked to read the TLS files again');
      tls?.reload();
    },
    stop() {
      if (!life.beginToStop()) return;
      log.info('stopping');
      server.close();
      feed.close();
      driver.shutdown();
    },
    stopped: life.ended.then(async (cause) => {
      if (cause === 'late') log.warn('did not stop in time; stopping without handing over');
      tls?.close();
      await windUp({ server, peers, forwarder, disk, lock });
      return cause === 'fault' ? 1 : 0;
    }),
  };
}

/** @throws StartError when the files cannot be used. */
function loadTls(
  options: ServeOptions,
  lock: DirectoryLock,
  log: Logger,
  onReload: (material: TlsMaterial | undefined) => void,
): TlsCredentials | undefined {
  if (options.tls === undefined) return undefined;
  try {
    return new TlsCredentials(options.tls, log, onReload);
  } catch (error) {
    lock.release();
    throw error instanceof TlsFileError ? new StartError(error.message) : error;
  }
}

interface Parts {
  readonly server: http.Server;
  readonly peers: Peers;
  readonly forwarder: Forwarder;
  readonly disk: Disk;
  readonly lock: DirectoryLock;
}

async function windUp({ server, peers, forwarder, disk, lock }: Parts): Promise<void> {
  // Answers given in this very turn are still to be written.
  await new Promise(setImmediate);
  server.close();
  server.closeIdleConnections();
  await Promise.race([peers.close(), delay(LAST_WORDS_MS)]);
  server.closeAllConnections();
  await forwarder.close();
  disk.close();
  lock.release();
}

function peerReceiver(
  options: ServeOptions,
  deliver: PeerReceiver['deliver'],
  refused: PeerReceiver['refused'],
): PeerReceiver {
  const { recordBytesMax, appendBytesMax } = options.node.limits;
  return {
    credentials: new Credentials(options.peerKeys),
    frameBytesMax: Math.max(64 * MIB, recordBytesMax + appendBytesMax + MIB),
    isMessage: (bytes) => describeMessage(bytes) !== undefined,
    deliver,
    refused,
  };
}

/** Base64 is a third longer; the other fields and the JSON around them fit in 64 KiB. */
function bodyLimitsFor(recordBytesMax: number): { bodyBytesMax: number; budget: ByteBudget } {
  const bodyBytesMax = Math.ceil(recordBytesMax / 3) * 4 + 64 * 1024;
  return { bodyBytesMax, budget: new ByteBudget(Math.max(64 * MIB, 2 * bodyBytesMax)) };
}
