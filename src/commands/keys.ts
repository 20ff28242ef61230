import { type Config, dataPaths } from '../config';
import { Database } from '../database';
import { masterKeyFile, type PublicKey, SigningKeys } from '../keys';

/**
 * `algogate keys list|rotate`, beside replicas that serve or without one.
 * @returns a line for each key, the oldest first: its id, since when it signs, and since when no more
 */
export async function signingKeysCommand(config: Config, isRotation: boolean): Promise<string> {
  const database = await Database.open(config.database);
  try {
    await database.migrate();
    const masterKey = config.masterKey ?? masterKeyFile(dataPaths(config.dataDir).masterKey);
    const keys = await SigningKeys.open(database, masterKey);
    if (isRotation) await keys.rotate();
    return keys.all.map(lineOf).join('');
  } finally {
    await database.close();
  }
}

function lineOf({ kid, createdAt, retiredAt }: PublicKey): string {
  const until = retiredAt === null ? 'signs' : `retired ${new Date(retiredAt).toISOString()}`;
  return `${kid} since ${new Date(createdAt).toISOString()}, ${until}\n`;
}
