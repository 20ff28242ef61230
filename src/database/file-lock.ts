import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The part of better-sqlite3 that a lock is made of; the package carries no types. */
interface LockDatabase {
  exec(sql: string): unknown;
  close(): unknown;
}
type LockDatabaseClass = new (path: string, options: { timeout: number }) => LockDatabase;

const Sqlite = createRequire(__filename)('better-sqlite3') as LockDatabaseClass;

/**
 * A lock that its holder's death releases, however it dies. Node has no `flock`, and a file with a process id in it
 * lies in containers, where the next process has the same id: so it is the lock that SQLite takes on a file.
 */
export class FileLock {
  private constructor(
    private readonly path: string,
    private readonly database: LockDatabase,
  ) {}

  /** @returns null where a living process (or another lock of this one) holds it, or just gave it up */
  static acquire(path: string): FileLock | null {
    const database = new Sqlite(path, { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
      if (existsSync(path)) return new FileLock(path, database); // else its last holder removed it meanwhile
    } catch {
      // held
    }
    database.close();
    return null;
  }

  /** @param remove the file too, where nothing is left that it stands for */
  release(remove: boolean): void {
    if (remove) rmSync(this.path, { force: true });
    this.database.close();
  }
}
