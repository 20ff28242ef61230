import type { Client } from '../builders/client';

/** What `/metrics` says, as Prometheus reads it. */
export interface Exposition {
  /** By name: `counter`, `gauge`, `histogram`, `summary`. */
  readonly types: ReadonlyMap<string, string>;
  /** By name and labels, as they are written: `algogate_refusals_total{code="NOT_FOUND"}`. */
  readonly values: ReadonlyMap<string, number>;
}

export function read(text: string): Exposition {
  const lines = text.split('\n').filter((line) => line !== '');
  const types = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' '));
  const samples = lines.filter((line) => !line.startsWith('#'));
  return {
    types: new Map(types.map(([, , name = '', type = '']) => [name, type])),
    values: new Map(
      samples.map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    ),
  };
}

export async function metricsOf(operator: Client): Promise<Exposition> {
  return read((await operator.http('/metrics')).text);
}

/** The lines of one family, without its name. */
export function family({ values }: Exposition, name: string): Record<string, number> {
  const lines = [...values].filter(([line]) => line === name || line.startsWith(`${name}{`));
  return Object.fromEntries(lines.map(([line, value]) => [line.slice(name.length), value]));
}

/** What of a family moved from one look to the next, by its labels, and by how much. */
export function grown(before: Exposition, after: Exposition, name: string): Record<string, number> {
  const from = family(before, name);
  const moves = Object.entries(family(after, name)).map(
    ([labels, value]) => [labels, value - (from[labels] ?? 0)] as const,
  );
  return Object.fromEntries(moves.filter(([, move]) => move !== 0));
}
