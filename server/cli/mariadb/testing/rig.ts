import type { ChildProcess } from 'node:child_process';
import { MariaDbServer, PROMISING_SETTINGS } from '../../../../mariadb/testing/mariadb_server.ts';
import type { StatusReport } from '../../../../mariadb/connector/index.ts';
import { TestCluster } from '../../../testing/cluster.ts';
import { freePorts } from '../../../testing/ports.ts';
import { ended, start } from '../../../testing/program.ts';
import { waitFor } from '../../../testing/wait.ts';

const USER = 'safekeeper';
const PASSWORD = 'keeps safe';

/** `safekeeper mariadb …` as a process of its own, which can be started again after its end. */
class CommandProcess {
  /** What it said, over all its lives. */
  readonly lines: string[] = [];
  #child: ChildProcess | undefined;

  protected run(args: readonly string[], environment: Readonly<Record<string, string>>): void {
    this.#child = start(['mariadb', ...args], this.lines, { environment });
  }

  /** @throws Error when it has ended. */
  protected requireRunning(): void {
    if (this.#child?.exitCode !== null) throw new Error(`It has ended: ${this.lines.join('\n')}`);
  }

  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    const child = this.#child;
    if (child === undefined) return 0;
    const end = ended(child);
    child.kill(signal);
    return await end;
  }

  /** Waits until it ends by itself. */
  async ended(): Promise<number | NodeJS.Signals> {
    return this.#child === undefined ? 0 : await ended(this.#child);
  }
}

/** A connector. */
export class ConnectorProcess extends CommandProcess {
  readonly #args: readonly string[];
  readonly #statusPort: number;

  constructor(args: readonly string[], statusPort: number) {
    super();
    this.#args = args;
    this.#statusPort = statusPort;
  }

  get statusUrl(): string {
    return `http://127.0.0.1:${this.#statusPort}`;
  }

  start(more: readonly string[] = []): void {
    this.run(['connect', ...this.#args, '-listen', `127.0.0.1:${this.#statusPort}`, ...more], {
      SAFEKEEPER_MARIADB_PASSWORD: PASSWORD,
    });
  }

  async status(): Promise<StatusReport | undefined> {
    try {
      return (await (await fetch(`${this.statusUrl}/status`)).json()) as StatusReport;
    } catch {
      return undefined;
    }
  }

  /** Waits until it receives the server's log. */
  async attached(): Promise<void> {
    await waitFor('the connector to attach', async () => {
      this.requireRunning();
      return (await this.status())?.phase === 'attached' ? true : undefined;
    }).catch((error: unknown) => {
      throw new Error(this.lines.join('\n'), { cause: error });
    });
  }
}

const REPLICA_PASSWORD = 'feeds';

/** `safekeeper mariadb serve`. */
export class FeedProcess extends CommandProcess {
  readonly port: number;
  readonly #urls: string;
  readonly #more: readonly string[];

  constructor(port: number, urls: string, more: readonly string[]) {
    super();
    this.port = port;
    this.#urls = urls;
    this.#more = more;
  }

  start(): void {
    const args = ['-safekeepers', this.#urls, '-listen', `127.0.0.1:${this.port}`, '-user', 'replica'];
    this.run(['serve', ...args, ...this.#more], { SAFEKEEPER_REPLICA_PASSWORD: REPLICA_PASSWORD });
  }

  async listening(): Promise<void> {
    await waitFor('the feed to listen', () => {
      this.requireRunning();
      return this.lines.some((line) => line.startsWith('Replicas connect')) ? true : undefined;
    });
  }

  /** Makes a server its replica. @param more of `CHANGE MASTER`, such as `, master_ssl=1`. */
  async attach(server: MariaDbServer, more = ''): Promise<void> {
    await server.query(
      `CHANGE MASTER TO master_host='127.0.0.1', master_port=${this.port}, master_user='replica', master_password='${REPLICA_PASSWORD}', master_use_gtid=slave_pos, master_connect_retry=1, master_heartbeat_period=1${more}; START SLAVE`,
    );
  }
}

/** Waits until a replica has all of this. */
export async function replicated(replica: MariaDbServer, position: string, feed: FeedProcess): Promise<void> {
  await waitFor(`the replica to have ${position}`, async () =>
    (await replica.value('SELECT @@global.gtid_slave_pos')) === position ? true : undefined,
  ).catch(async (error: unknown) => {
    const [status] = await replica.query('SHOW SLAVE STATUS');
    const said = ['Slave_IO_State', 'Last_IO_Error', 'Last_SQL_Error', 'Gtid_IO_Pos'].map(
      (name) => `${name}: ${String(status?.[name])}`,
    );
    throw new Error([...feed.lines, ...said].join('\n'), { cause: error });
  });
}

/** Three safekeepers, a MariaDB server that waits for them, and what connects the two; all processes. */
export class MariaDbRig {
  readonly cluster: TestCluster;
  readonly #servers: MariaDbServer[] = [];
  readonly #connectors: ConnectorProcess[] = [];
  readonly #feeds: FeedProcess[] = [];

  private constructor(cluster: TestCluster) {
    this.cluster = cluster;
  }

  static async start(): Promise<MariaDbRig> {
    return new MariaDbRig(await TestCluster.start(3));
  }

  get urls(): string {
    return this.cluster.replicas.map(({ url }) => url).join(',');
  }

  /** An empty server that waits for the quorum, with the connector's user. */
  async server(serverId: number, settings: readonly string[] = PROMISING_SETTINGS): Promise<MariaDbServer> {
    const [port = 0] = await freePorts(1);
    const server = await MariaDbServer.create({ port, serverId, settings });
    this.#servers.push(server);
    await server.createReplicationUser(USER, PASSWORD);
    return server;
  }

  /** A connector of that server, not started yet. */
  async connector(server: MariaDbServer, more: readonly string[] = [], user = USER): Promise<ConnectorProcess> {
    const [port = 0] = await freePorts(1);
    const args = ['-host', '127.0.0.1', '-port', `${server.port}`, '-user', user, '-safekeepers', this.urls, ...more];
    const connector = new ConnectorProcess(args, port);
    this.#connectors.push(connector);
    return connector;
  }

  /** `safekeeper mariadb serve`, listening. */
  async feed(more: readonly string[] = []): Promise<FeedProcess> {
    const [port = 0] = await freePorts(1);
    const feed = new FeedProcess(port, this.urls, more);
    this.#feeds.push(feed);
    feed.start();
    await feed.listening();
    return feed;
  }

  async close(): Promise<void> {
    await Promise.all(this.#feeds.map((feed) => feed.end('SIGKILL')));
    await Promise.all(this.#connectors.map((connector) => connector.end('SIGKILL')));
    await Promise.all(this.#servers.map((server) => server.destroy()));
    await this.cluster.close();
  }
}
