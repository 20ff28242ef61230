import type { SelectorKind } from '../../../src/domain/terms';
import type { Chance } from './chance';
import type { Place, PlaceBuild, PlaceVersion } from './plan';

/** How a caller calls: by which reference, and what that names. */
export interface Habit {
  readonly selector: SelectorKind;
  readonly reference: string;
  /** Null for a build that no version names. */
  readonly versionId: number | null;
  readonly build: PlaceBuild;
}

/** Gives callers their habits: selectors as they are used, each to what it would name. */
export class Habits {
  private readonly newest: PlaceVersion;
  private readonly lines: readonly PlaceVersion[];
  private readonly majors: readonly PlaceVersion[];

  constructor(private readonly place: Place) {
    this.lines = lastOfEach(place.versions, ({ version }) => version.slice(0, version.lastIndexOf('.')));
    this.majors = lastOfEach(place.versions, ({ major }) => String(major));
    const newest = place.versions.at(-1);
    if (newest === undefined) throw new Error('there are no versions to call');
    this.newest = newest;
  }

  /** Of a caller. */
  some(chance: Chance, count: number): readonly Habit[] {
    return Array.from({ length: count }, () => this.one(chance));
  }

  private one(chance: Chance): Habit {
    const share = chance.next();
    if (share < 0.2) return this.to('LATEST', 'latest', this.newest);
    if (share < 0.28) return this.to('CHANNEL', 'stable', this.newest);
    if (share < 0.5) return this.withText('PARTIAL', chance.pick(this.lines), 2);
    if (share < 0.6) return this.withText('RANGE', chance.pick(this.majors), 1);
    if (share < 0.97) return this.withText('FULL', chance.pick(this.place.versions), 3);
    if (share < 0.99) {
      const version = chance.pick(this.place.versions);
      return this.to('SHA', version.sha, version);
    }
    const { ref, loose } = this.place;
    return { selector: 'SHA', reference: `${ref}/${loose.sha}`, versionId: null, build: loose };
  }

  private withText(selector: SelectorKind, version: PlaceVersion, parts: number): Habit {
    const text = version.version.split('.').slice(0, parts).join('.');
    return this.to(selector, selector === 'RANGE' ? `^${text}` : text, version);
  }

  private to(selector: SelectorKind, text: string, version: PlaceVersion): Habit {
    const reference = `${this.place.ref}/${text}`;
    return { selector, reference, versionId: version.id, build: version };
  }
}

function lastOfEach<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}
