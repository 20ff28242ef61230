import type { Metric, Registry } from 'prom-client';

import type { Bins } from './bins';

/** One line of `/metrics`. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** What the name of a histogram's line has beside that of its family: `_bucket`. */
  readonly metricName?: string;
}

type Read = () => number | readonly Sample[];

/** One of the histograms of a family. */
export interface LabelledBins {
  readonly labels: Readonly<Record<string, string>>;
  readonly bins: Bins;
}

/**
 * Puts what is counted elsewhere, in plain fields, among the metrics of a registry: it is read when somebody asks for
 * it, and costs nothing until then.
 */
export class Families {
  constructor(private readonly registry: Registry) {}

  counter(name: string, help: string, read: Read): void {
    this.add(name, help, 'counter', read);
  }

  gauge(name: string, help: string, read: Read): void {
    this.add(name, help, 'gauge', read);
  }

  histogram(name: string, help: string, bins: Bins): void {
    const only = [{ labels: {}, bins }];
    this.histograms(name, help, () => only);
  }

  histograms(name: string, help: string, readBins: () => readonly LabelledBins[]): void {
    this.add(name, help, 'histogram', () => readBins().flatMap((each) => samplesOf(name, each)));
  }

  private add(name: string, help: string, type: string, read: Read): void {
    const family = { name, help, type, aggregator: 'sum', get: () => get() };
    const get = (): Promise<unknown> => {
      const values = read();
      const samples = typeof values === 'number' ? [{ value: values }] : values;
      return Promise.resolve({ ...family, values: samples.map((sample) => ({ labels: {}, ...sample })) });
    };
    // a registry asks no more of a metric than its name and `get`, which its types do not say
    this.registry.registerMetric(family as unknown as Metric);
  }
}

/** The lines of a histogram: its bins, each with all that are below it, then the sum and the count. */
function samplesOf(name: string, { labels, bins }: LabelledBins): Sample[] {
  const samples: Sample[] = [];
  let below = 0;
  for (const [at, count] of bins.counts.entries()) {
    below += count;
    const le = String(bins.bounds[at] ?? '+Inf');
    samples.push({ metricName: `${name}_bucket`, labels: { le, ...labels }, value: below });
  }
  samples.push({ metricName: `${name}_sum`, labels, value: bins.sum });
  samples.push({ metricName: `${name}_count`, labels, value: below });
  return samples;
}
