import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

const CONNECT_MS = 2_000;
const BEAT_MS = 500;
/** How long the lock is believed in without a word of the server. */
const TRUST_MS = 5_000;
/** After which silence the server gives up the connection, and with it the lock: well after we have. */
const SERVER_SECONDS = 60;
/** Names of locks are short, those of databases are not. */
const NAME = "CONCAT('algogate quotas ', MD5(DATABASE()))";

/**
 * A lock of the MySQL server, of one database, on a connection of its own. Whoever loses the connection loses the
 * lock, and believes in it no longer than the server keeps it.
 */
export class NamedLock {
  private lost = false;
  private trustedUntil: number;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly connection: Connection,
    since: number,
  ) {
    this.trustedUntil = since + TRUST_MS;
    const lose = (): void => {
      this.lost = true;
    };
    connection.on('error', lose);
    connection.on('end', lose);
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
  }

  /** @returns null where another has it; throws what the driver throws where there is no server */
  static async acquire(url: string): Promise<NamedLock | null> {
    const connection = await createConnection({ uri: url, connectTimeout: CONNECT_MS });
    try {
      const since = Date.now();
      await connection.query(`SET SESSION wait_timeout = ${SERVER_SECONDS}`);
      if (await answersOne(connection, `SELECT GET_LOCK(${NAME}, 0) AS answer`)) {
        return new NamedLock(connection, since);
      }
    } catch (error) {
      connection.destroy();
      throw error;
    }
    connection.destroy();
    return null;
  }

  get isHeld(): boolean {
    return !this.lost && Date.now() < this.trustedUntil;
  }

  /** The server frees it with the end of the connection. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    if (this.isHeld) await this.connection.end().catch(() => undefined);
    this.lost = true;
    this.connection.destroy();
  }

  private async beat(): Promise<void> {
    const began = Date.now();
    try {
      const held = await answersOne(
        this.connection,
        `SELECT IS_USED_LOCK(${NAME}) = CONNECTION_ID() AS answer`,
      );
      if (held) this.trustedUntil = began + TRUST_MS;
      else this.lost = true;
    } catch {
      this.lost = true;
    }
  }
}

async function answersOne(connection: Connection, sql: string): Promise<boolean> {
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  return Number(rows[0]?.['answer']) === 1;
}
