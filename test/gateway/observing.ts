import type { Ending, Meter, Observation, Observer, RequestPart } from '../../src/gateway';

/** A part of a request, as an observer was told of it. */
export interface Seen {
  readonly part: RequestPart;
  readonly within: Seen[];
  ending?: Ending;
}

/** An observer that remembers all that it is told. */
export class Recorder implements Observer {
  readonly lookups: string[] = [];
  readonly seen: Seen[] = [];

  planLookedUp(lookup: string): void {
    this.lookups.push(lookup);
  }

  begin(part: RequestPart): Observation {
    return observationOf(this.seen, part);
  }

  /** The nodes that ran, as `explain` prints them. */
  get text(): string {
    return linesOf(this.seen, '').join('');
  }

  /** What was fetched: by the subgraph, the outcome, and places and representations. */
  get fetches(): unknown[] {
    return flat(this.seen).flatMap(({ part, ending }) =>
      part.kind === 'fetch' ? [[part.subgraph, ending?.outcome, part.entities]] : [],
    );
  }
}

function observationOf(among: Seen[], part: RequestPart): Observation {
  const seen: Seen = { part, within: [] };
  among.push(seen);
  return {
    begin: (inner) => observationOf(seen.within, inner),
    end: (ending) => {
      if (seen.ending !== undefined) throw new Error('told twice of its end');
      seen.ending = ending;
    },
  };
}

/** All of them, each before those within it. */
export function flat(all: readonly Seen[]): Seen[] {
  return all.flatMap((seen) => [seen, ...flat(seen.within)]);
}

function linesOf(all: readonly Seen[], indent: string): string[] {
  return all.flatMap(({ part, within }) => {
    if (part.kind === 'plan') return [];
    const name = part.kind === 'fetch' ? `fetch from ${part.subgraph}` : part.kind;
    return [`${indent}${name}\n`, ...linesOf(within, `${indent}  `)];
  });
}

/** A meter that remembers all that it is told but for how long it took. */
export class CountingMeter implements Meter {
  readonly served: (readonly string[])[] = [];
  readonly lookups: string[] = [];
  readonly plannings: boolean[] = [];
  readonly fetches: unknown[] = [];
  readonly milliseconds: number[] = [];

  serves(subgraphs: readonly string[]): void {
    this.served.push(subgraphs);
  }

  planLookedUp(lookup: string): void {
    this.lookups.push(lookup);
  }

  planned(ms: number, isPlan: boolean): void {
    this.milliseconds.push(ms);
    this.plannings.push(isPlan);
  }

  fetched(...[subgraph, outcome, ms, asked, sent]: Parameters<Meter['fetched']>): void {
    this.milliseconds.push(ms);
    this.fetches.push([subgraph, outcome, asked, sent]);
  }
}
