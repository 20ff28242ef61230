import { BACKEND_NAMES, type Backends, startBackends } from '../../examples/backends';
import { type Execute, seedDemo } from './seed';
import { type DemoState, readState, writeState } from './state';

const NO_KEYS: DemoState['keys'] = { admin: '', member: '', outsider: '' };

/** The demo of one data folder: its backends run, on ports that stay theirs, since a build's address is immutable. */
export interface Demo {
  /** `127.0.0.1:port` of each backend. */
  readonly hosts: readonly string[];
  /** Fills the registry where that was not done, or not to its end; gives the keys. */
  fill(execute: Execute): Promise<DemoState>;
  stop(): Promise<void>;
}

/** @throws what keeps a backend from starting, such as its port being taken by another program */
export async function startDemo(statePath: string): Promise<Demo> {
  const before = readState(statePath);
  const backends = await startBackends(before?.ports);
  return {
    hosts: BACKEND_NAMES.map((name) => `127.0.0.1:${backends.ports[name]}`),
    fill: (execute) => fill(statePath, before, backends, execute),
    stop: () => backends.stop(),
  };
}

async function fill(path: string, before: DemoState | null, { ports }: Backends, execute: Execute) {
  if (before?.complete === true) return before;
  // from here on the ports are in the registry: a start after a crash must find them again
  writeState(path, { ports, complete: false, keys: NO_KEYS });
  const state = { ports, complete: true, keys: await seedDemo(execute, ports) };
  writeState(path, state);
  return state;
}
