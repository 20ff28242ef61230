import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

const CONNECT_MS = 2_000;
/** How long one answer of the server is waited for. */
const ANSWER_MS = 2_000;
const BEAT_MS = 500;
/** How long the lock is believed in without a word of the server. */
const TRUST_MS = 5_000;
/** After which silence the server gives up the connection, and with it the lock: well after we have. */
const SERVER_SECONDS = 60;
/** A lock is of one database. Its name has 64 characters at most: those of databases are too long for it. */
const NAME = "CONCAT(?, ' ', MD5(DATABASE()))";
const LONGEST_NAME = 31;

/**
 * A lock of the MySQL server, of one database, on a connection of its own. Whoever loses the connection loses the
 * lock, and believes in it no longer than the server keeps it.
 */
export class NamedLock {
  private lost = false;
  private beating = false;
  private trustedUntil: number;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly connection: Connection,
    private readonly question: Question,
    since: number,
  ) {
    this.trustedUntil = since + TRUST_MS;
    const lose = (): void => {
      this.lose();
    };
    connection.on('error', lose);
    connection.on('end', lose);
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
  }

  /**
   * @param name what is locked; 31 characters at most
   * @param answerMs how long each answer of the server is waited for, in milliseconds
   * @returns null where another has it
   * @throws Error what the driver throws where there is no server, or none that answers within seconds
   */
  static async acquire(url: string, name: string, answerMs = ANSWER_MS): Promise<NamedLock | null> {
    if (name.length > LONGEST_NAME) throw new Error(`${name} is too long for the name of a lock`);
    const connection = await createConnection({ uri: url, connectTimeout: CONNECT_MS });
    try {
      const since = Date.now();
      await connection.query({ sql: `SET SESSION wait_timeout = ${SERVER_SECONDS}`, timeout: answerMs });
      const question = { values: [name], timeout: answerMs };
      if (await answersOne(connection, `GET_LOCK(${NAME}, 0)`, question)) {
        return new NamedLock(connection, question, since);
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
    this.lose();
  }

  /** What is not believed in any more is given up: the next one is not to wait for the server to notice. */
  private lose(): void {
    this.lost = true;
    clearInterval(this.timer);
    this.connection.destroy();
  }

  private async beat(): Promise<void> {
    if (this.lost || this.beating) return;
    this.beating = true;
    const began = Date.now();
    const own = `IS_USED_LOCK(${NAME}) = CONNECTION_ID()`;
    const held = await answersOne(this.connection, own, this.question).catch(() => false);
    if (held) this.trustedUntil = began + TRUST_MS;
    else this.lose();
    this.beating = false;
  }
}

interface Question {
  readonly values: string[];
  /** How long its answer is waited for, in milliseconds. */
  readonly timeout: number;
}

async function answersOne(connection: Connection, expression: string, question: Question): Promise<boolean> {
  const sql = `SELECT ${expression} AS answer`;
  const [rows] = await connection.query<RowDataPacket[]>({ sql, ...question });
  return Number(rows[0]?.['answer']) === 1;
}
