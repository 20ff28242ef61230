import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { MARIADB_IS_INSTALLED, OwnMariadb } from '../soak/own-mariadb';

/** Linux keeps what is here in memory, where there is a second of waiting less in every database that is made. */
const IN_MEMORY = '/dev/shm';
/** Of what a whole run needs about a quarter. */
const ROOM = 2 ** 31;

/** Waits for the end of its input, which comes with the end of whoever holds it, and is rid of the server then. */
const GUARD = `
  trap '' HUP INT TERM
  read -r _
  kill -9 "$1" 2>/dev/null
  sleep 0.1
  rm -rf "$2"
`;

let guard: ChildProcess | null = null;

/** Starts a server for one run of the tests; gives its address, or null where no MariaDB is installed. */
export async function startMariadbOfRun(): Promise<string | null> {
  if (!MARIADB_IS_INSTALLED) return null;
  const server = await OwnMariadb.create(hasRoom(IN_MEMORY) ? IN_MEMORY : tmpdir());
  const given = ['guard', `${server.pid}`, server.folder];
  guard = spawn('sh', ['-c', GUARD, ...given], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  return server.address;
}

/** Stops what was started, if anything was. A run that is killed is outlived by nothing either. */
export async function stopMariadbOfRun(): Promise<void> {
  if (guard === null) return;
  guard.stdin?.end();
  await once(guard, 'exit');
  guard = null;
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ROOM;
}
