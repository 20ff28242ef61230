import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import type { DatabaseTarget } from '../../src/database';
import type { Settings } from '../builders/server';
import { type Backend, startAlgorithms } from './backend';
import type { Balance } from './balance';
import { Callers } from './callers';
import { offOnDashboards } from './dashboards';
import { openMarketplace, type Secrets } from './marketplace';
import { randomNumbers } from './random';
import { recordedCalls } from './recorded';
import { Replica } from './replica';

/** What each soak begins with. */
export interface StageOptions {
  readonly target: DatabaseTarget;
  readonly clients: number;
  /** All that is random follows from it. */
  readonly seed: number;
  readonly settings?: Settings;
}

/** A server in a process of its own, its algorithms and its callers. */
export class Stage {
  readonly random: () => number;
  private closed = false;

  private constructor(
    private readonly options: StageOptions,
    readonly replica: Replica,
    readonly backend: Backend,
    readonly callers: Callers,
    private readonly secrets: Secrets,
    private readonly agent: Agent,
  ) {
    this.random = randomNumbers(options.seed);
  }

  static async open(options: StageOptions): Promise<Stage> {
    const { target, settings, clients, seed } = options;
    const backend = await startAlgorithms();
    const replica = new Replica(target, settings);
    const agent = new Agent({ keepAlive: true });
    try {
      await replica.start();
      const { url } = await replica.serving();
      const secrets = await openMarketplace(url, backend.url, agent);
      const callers = new Callers(replica, secrets, clients, seed);
      return new Stage(options, replica, backend, callers, secrets, agent);
    } catch (error) {
      await replica.remove();
      await backend.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    this.callers.close();
    this.agent.destroy();
    await this.replica.remove();
    await this.backend.close();
  }

  /** Waits. @throws Error where the stage is closed meanwhile, since something else failed */
  async until(met: () => boolean): Promise<void> {
    while (!met()) {
      if (this.closed) throw new Error('the soak is over');
      await pause(2);
    }
  }

  /** Waits until so many more calls were answered. */
  async answersMore(calls: number): Promise<void> {
    const { answered } = this.callers.books;
    const enough = answered.size + calls;
    await this.until(() => answered.size >= enough);
  }

  /** Waits until so many more calls were refused. */
  async refusesMore(calls: number): Promise<void> {
    const { books } = this.callers;
    const enough = books.refused + calls;
    await this.until(() => books.refused >= enough);
  }

  /** How many records are in the database, and still in the journal of a dead server. */
  async committedInJournal(): Promise<number> {
    const left = new Set(this.replica.journalled());
    const calls = await recordedCalls(this.options.target);
    return calls.filter(({ requestId }) => left.has(requestId)).length;
  }

  /** Waits until the database has what the journal has, and compares it with what the callers heard. */
  async balance(): Promise<Balance> {
    await this.replica.drained();
    const { answered, cut, refused } = this.callers.books;
    const calls = await recordedCalls(this.options.target);
    const recorded = new Set(calls.map(({ requestId }) => requestId));
    const { url } = await this.replica.serving();
    return {
      answered: answered.size,
      refused,
      cut,
      mayBeCut: this.options.clients * this.replica.kills,
      unheard: [...recorded].filter((id) => !answered.has(id)).length,
      lost: [...answered].filter((id) => !recorded.has(id)).length,
      doubled: calls.length - recorded.size,
      unanswered: [...this.backend.reached].filter((id) => !answered.has(id)).length,
      offOnDashboards: await offOnDashboards(url, this.agent, this.secrets, calls),
    };
  }
}
