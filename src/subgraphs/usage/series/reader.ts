import { coverOf, type Span } from '../../../domain/usage/cover';
import { countBuckets, type Grouping } from '../../../domain/usage/granularity';
import type { SubjectKey } from '../../../domain/usage/subject';
import { minutesFrom, recordsFrom } from '../../../metering';
import type { GraphContext } from '../../shared/context';
import { namedCaller, OPERATOR } from '../callers/named-caller';
import type { Side } from '../enums';
import type { Budget } from '../budget';
import type { UsageLoaders } from '../loaders';
import type { PlaceNames } from '../names-store';
import type { UsageParts } from '../parts';
import type { ProvidedTarget } from '../targets/target';
import { type Seen, VisibleTargets } from '../targets/visible-targets';
import type { Cell } from './cell';
import { cellsOfAll, cellsOfCaller, cellsOfConsumer, scopeOf } from './cells-reader';
import { bucketsOf, byCalls, type Line, linesOf, restOf, sumOf } from './lines';
import type { Usage, UsageArgs, UsageSeries } from './types';

/** A question that may be asked, in epoch milliseconds. */
interface Question {
  readonly from: number;
  readonly to: number;
  readonly granularity: UsageArgs['granularity'];
  readonly groupBy: Grouping | null;
  readonly spans: readonly Span[];
  readonly length: number;
}

/** A question that is told how many series there are in its answer, as soon as that is known. */
interface Admitted extends Question {
  /** @throws AlgogateError QUERY_TOO_COMPLEX where the buckets of so many are too many */
  readonly admit: (series: number) => void;
}

/** Named series and the sum of all calls, before they are shown. */
interface Answer {
  readonly totals: Usage['totals'];
  readonly series: readonly NamedLine[];
}

type NamedLine = Pick<UsageSeries, 'key' | 'caller' | 'isRest'> & {
  readonly calls: number;
  readonly totalsOf: (start: number) => Usage['totals'] | undefined;
};

/** The calls of something over time, as far as the viewer sees them. Source: chapter 6, "What can be asked". */
export class UsageReader {
  private readonly targets: VisibleTargets;

  constructor(
    private readonly parts: UsageParts,
    private readonly loadersOf: (context: GraphContext) => UsageLoaders,
  ) {
    this.targets = new VisibleTargets(parts.index, loadersOf);
  }

  ofOwner(context: GraphContext, handle: string, side: Side, args: UsageArgs): Promise<Usage | null> {
    return this.answer(context, args, () =>
      side === 'PROVIDER' ? this.targets.provider(context, handle) : this.targets.consumer(context, handle),
    );
  }

  ofAlgorithm(context: GraphContext, ref: string, args: UsageArgs): Promise<Usage | null> {
    return this.answer(context, args, () => this.targets.algorithm(context, ref));
  }

  ofMajor(context: GraphContext, ref: string, args: UsageArgs): Promise<Usage | null> {
    return this.answer(context, args, () => this.targets.major(context, ref));
  }

  ofVersion(context: GraphContext, ref: string, args: UsageArgs): Promise<Usage | null> {
    return this.answer(context, args, () => this.targets.version(context, ref));
  }

  ofViewer(context: GraphContext, args: UsageArgs): Promise<Usage | null> {
    return this.answer(context, args, () => Promise.resolve(this.targets.viewer(context.principal)));
  }

  /**
   * The question is judged before anything is looked at, so that a bad one says nothing of what is hidden.
   * @throws AlgogateError INVALID_INPUT, QUERY_TOO_COMPLEX
   */
  private async answer(
    context: GraphContext,
    args: UsageArgs,
    look: () => Promise<Seen | null>,
  ): Promise<Usage | null> {
    const question = this.question(args);
    const { budget } = this.loadersOf(context);
    budget.spendBuckets(question.length);
    budget.spendTime(question);
    const seen = await look();
    if (seen === null) return null;
    budget.assertAskable();
    const admit = admission(budget, question.length);
    const { totals, series } = await this.counted(context, seen, { ...question, admit });
    admit(series.length);
    return {
      from: args.from,
      to: args.to,
      totals,
      series: series.map(({ key, caller, isRest, totalsOf }) => ({
        ...{ key, caller, isRest },
        buckets: bucketsOf(question, totalsOf).map(({ start, totals: sum }) => ({
          start: new Date(start),
          totals: sum,
        })),
      })),
    };
  }

  private question({ from: first, to: end, granularity, groupBy = null }: UsageArgs): Question {
    const [from, to, now] = [first.getTime(), end.getTime(), this.parts.now()];
    const kept = {
      minutesFrom: minutesFrom(now),
      recordsFrom: recordsFrom(now, this.parts.callRetentionMs),
    };
    const spans = coverOf({ from, to, granularity, now, ...kept });
    return { from, to, granularity, groupBy, spans, length: countBuckets(granularity, from, to) };
  }

  private async counted(context: GraphContext, { target, lens }: Seen, question: Admitted): Promise<Answer> {
    const loaders = this.loadersOf(context);
    const { groupBy, spans } = question;
    if (target.kind === 'CONSUMER') {
      const cells = await cellsOfConsumer(loaders, target, groupBy, spans);
      return this.ofOneCaller(context, cells, question, target.callerId);
    }
    if (lens.whose === 'OWN') {
      const of = { callerId: lens.callerId, target };
      const cells = await cellsOfCaller(loaders, of, groupBy, spans);
      return this.ofOneCaller(context, cells, question, lens.callerId);
    }
    if (groupBy === 'CALLER') return this.byCaller(context, target, question);
    return grouped(loaders, await cellsOfAll(loaders, target, groupBy, spans), question);
  }

  /** A caller, looked at by itself or by its members: it has its name. */
  private async ofOneCaller(
    context: GraphContext,
    cells: readonly Cell[],
    question: Question,
    callerId: number,
  ): Promise<Answer> {
    const loaders = this.loadersOf(context);
    if (question.groupBy !== 'CALLER') return grouped(loaders, cells, question);
    loaders.budget.spend('addedUp', cells.length);
    const owner = await loaders.owners.load(callerId);
    const caller = owner && { handle: owner.handle };
    const lines = await linesOf(cells, question.granularity, () => owner?.handle ?? OPERATOR);
    return {
      totals: (await sumOf(cells)).totals(),
      series: lines.map((line) => ({ ...shown(line), caller })),
    };
  }

  private async byCaller(
    context: GraphContext,
    target: ProvidedTarget,
    { granularity, spans, admit }: Admitted,
  ): Promise<Answer> {
    const loaders = this.loadersOf(context);
    const scope = await scopeOf(loaders, target);
    const { all, top, ofTop } = await loaders.calledBy.load({ subject: target.subject, scope, spans, admit });
    loaders.budget.spend('addedUp', all.length + ofTop.length);
    const lines = await linesOf(ofTop, granularity, ({ callerId }) => String(callerId));
    const names = await Promise.all(top.map((callerId) => this.named(context, callerId, target.ownerId)));
    const nameOf = new Map(top.map((callerId, at) => [String(callerId), names[at]]));
    const series = lines.map((line): NamedLine => {
      const name = nameOf.get(line.key ?? '');
      const handle = name?.handle ?? null;
      return {
        ...shown(line),
        key: handle ?? name?.pseudonym ?? null,
        caller: handle === null ? null : { handle },
      };
    });
    series.sort(byCalls);
    const [whole] = await linesOf(all, granularity, () => null);
    const rest = whole === undefined ? null : restOf(whole, lines);
    if (rest !== null) series.push(restLine(rest));
    return { totals: (await sumOf(all)).totals(), series };
  }

  private async named(context: GraphContext, callerId: number, providerId: number) {
    const record = await this.loadersOf(context).owners.load(callerId);
    const { pseudonyms } = this.parts;
    return namedCaller(callerId, record, { viewer: context.principal, providerId, pseudonyms });
  }
}

/** The first series of an answer was paid before anything was read; the others are when they are known. */
function admission(budget: Budget, length: number): Admitted['admit'] {
  let paid = 1;
  return (series) => {
    if (series <= paid) return;
    const [sofar, more] = [paid * length, (series - paid) * length];
    paid = series;
    budget.spendBuckets(more, sofar);
  };
}

/** The series of a grouping that has nothing to do with who called. */
async function grouped(
  loaders: UsageLoaders,
  cells: readonly Cell[],
  { granularity, groupBy }: Question,
): Promise<Answer> {
  loaders.budget.spend('addedUp', cells.length);
  const lines = await linesOf(cells, granularity, await keyIn(loaders, cells, groupBy));
  if (groupBy === null && lines.length === 0) lines.push(EMPTY);
  return { totals: (await sumOf(cells)).totals(), series: lines.map(shown) };
}

/** What a grouping calls the series of a cell. */
async function keyIn(
  loaders: UsageLoaders,
  cells: readonly Cell[],
  groupBy: Grouping | null,
): Promise<(cell: Cell) => string | null> {
  if (groupBy === null || groupBy === 'CALLER') return () => null;
  if (groupBy === 'SELECTOR') return ({ selector }) => selector;
  if (groupBy === 'OUTCOME') return ({ outcome }) => outcome;
  const abouts = [...new Set(cells.map(({ about }) => about))].filter((about) => about !== null);
  const found = await Promise.all(abouts.map((about) => loaders.names.load(about)));
  const names = new Map<SubjectKey | null, PlaceNames | null>(
    abouts.map((about, at) => [about, found[at] ?? null]),
  );
  const part = groupBy === 'VERSION' ? 'version' : groupBy === 'MAJOR' ? 'major' : 'algorithm';
  return ({ about }) => names.get(about)?.[part] ?? null;
}

/** Where nothing was called, and nothing is grouped. */
const EMPTY: Line = { key: null, calls: 0, tallies: new Map() };

function shown({ key, calls, tallies }: Line): NamedLine {
  return { key, calls, caller: null, isRest: false, totalsOf: (start) => tallies.get(start)?.totals() };
}

function restLine(rest: NonNullable<ReturnType<typeof restOf>>): NamedLine {
  const totalsOf = (start: number) => {
    const one = rest.get(start);
    return one?.tally.totals(one.callers);
  };
  return { key: 'other', calls: 0, caller: null, isRest: true, totalsOf };
}
