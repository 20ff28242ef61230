import { join } from 'node:path';

import { superviseProcess } from './supervise';

/** The example algorithms and their versions; each version is served under `/<version>`. */
export const BACKENDS = {
  echo: ['0.1.0', '0.2.0', '0.2.1'],
  'csv-statistics': ['1.0.0', '1.1.0'],
  'language-detection': ['1.0.0'],
  'image-histogram': ['1.0.0'],
  'fedavg-resnet50-pathology': ['1.0.0', '1.1.0'],
  'biomarker-discovery-spatial': ['2.0.0', '3.0.0-beta.1'],
  'cancer-detection-ensemble': ['1.0.1', '1.0.2'],
} as const satisfies Record<string, readonly string[]>;

export type BackendName = keyof typeof BACKENDS;

export const BACKEND_NAMES = Object.keys(BACKENDS) as readonly BackendName[];

export type Ports = Readonly<Record<BackendName, number>>;

export interface Backends {
  readonly ports: Ports;
  /** Ends all processes; resolves when the last is gone. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a process for each example algorithm, and starts it again when it crashes. They end with `stop`, or with
 * this process, however it ends.
 *
 * @param ports the port of each on 127.0.0.1; any free one for those not named
 * @throws what the first process that cannot be started says; by then the others are ended
 */
export async function startBackends(ports: Partial<Ports> = {}): Promise<Backends> {
  const processes = BACKEND_NAMES.map((name) =>
    superviseProcess(join(__dirname, name, 'server.js'), ports[name] ?? 0),
  );
  const stop = async () => {
    await Promise.all(processes.map((one) => one.stop()));
  };
  try {
    const started = await Promise.all(processes.map((one) => one.listening));
    return { ports: portsByName(started), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where a version of an example algorithm is to be reached: the backend URL of its build. */
export function backendUrl(ports: Ports, name: BackendName, version: string): string {
  return `http://127.0.0.1:${ports[name]}/${version}`;
}

function portsByName(started: readonly number[]): Ports {
  const entries = BACKEND_NAMES.map((name, index) => [name, started[index]]);
  return Object.fromEntries(entries) as Ports;
}
