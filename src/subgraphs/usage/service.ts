import { USAGE_BOUNDS } from './bounds';
import { ActiveCallersReader } from './callers/active-callers';
import { CallsService } from './calls/service';
import { limitsLoaders } from './limits/loaders';
import { LimitsReader } from './limits/reader';
import { LimitsService } from './limits/service';
import { usageLoaders } from './loaders';
import type { UsageParts } from './parts';
import { UsageReader } from './series/reader';

/** All that the `usage` slice does, for its resolvers and for whoever wires it. */
export class UsageService {
  readonly usage: UsageReader;
  readonly activeCallers: ActiveCallersReader;
  readonly calls: CallsService;
  readonly limits: LimitsService;
  readonly standings: LimitsReader;

  constructor(parts: UsageParts) {
    const { bounds = USAGE_BOUNDS } = parts;
    const loadersOf = usageLoaders(parts.database, bounds);
    this.usage = new UsageReader(parts, loadersOf);
    this.activeCallers = new ActiveCallersReader(parts, loadersOf);
    this.calls = new CallsService(parts, loadersOf, bounds);
    this.limits = new LimitsService(parts);
    this.standings = new LimitsReader(parts, limitsLoaders(parts.database));
  }
}
