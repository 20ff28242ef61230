import { parseArgs, type ParseArgsConfig } from 'node:util';

/** An option that is followed by a value. */
interface Valued {
  /** What the value is, as the usage has it: `FILE`. */
  readonly value: string;
  /** It may be there more than once. */
  readonly isMany?: true;
}

/** A command of the program: what it does in a line, what may follow it, and the doing of it. */
export interface Command {
  readonly summary: string;
  /** What it is followed by, as the usage has it: `QUERY|FILE`; without it, by nothing. */
  readonly takes?: string;
  /** All that may follow it; whatever, where it is missing. */
  readonly operands?: readonly string[];
  /** Its options, by their names: those that stand alone, and those with a value. */
  readonly options?: Readonly<Record<string, 'flag' | Valued>>;
  readonly run: (operand: string, given: Given) => Promise<void>;
}

/** A command is one word, or two. */
export type Commands = Readonly<Record<string, Command>>;

/** The options that a command was given. */
export class Given {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  has(flag: string): boolean {
    return this.values[flag] === true;
  }

  /** In the order in which they came. */
  all(option: string): readonly string[] {
    const values = this.values[option];
    return Array.isArray(values) ? values.map(String) : [];
  }

  one(option: string): string | null {
    return this.all(option)[0] ?? null;
  }
}

/** What the program is asked for: a command and what follows it, or its usage, which was asked for or not. */
export type Asked =
  | { readonly command: Command; readonly operand: string; readonly given: Given }
  | { readonly usage: string; readonly isWanted: boolean };

/** @param words of the command line, behind the program's name; without a command, `serve` */
export function asked(commands: Commands, words: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { ...optionsOf(commands), help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
    // what is no option of ours is told by the usage, not by Node
    strict: false,
  });
  const { help, ...given } = values;
  const { command, rest } = commandIn(commands, positionals);
  if (help !== true && command !== null && fits(command, rest) && takesAll(command, given)) {
    return { command, operand: rest[0] ?? '', given: new Given(given) };
  }
  return { usage: usageOf(commands), isWanted: help === true };
}

function optionsOf(commands: Commands): NonNullable<ParseArgsConfig['options']> {
  const all = Object.values(commands).flatMap(({ options = {} }) => Object.entries(options));
  return Object.fromEntries(
    all.map(([name, option]) => [
      name,
      option === 'flag' ? { type: 'boolean' } : { type: 'string', multiple: true },
    ]),
  );
}

function commandIn(
  commands: Commands,
  words: readonly string[],
): { command: Command | null; rest: readonly string[] } {
  const [first = 'serve', second = ''] = words;
  for (const [name, length] of [[`${first} ${second}`, 2] as const, [first, 1] as const]) {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command !== undefined) return { command, rest: words.slice(length) };
  }
  return { command: null, rest: [] };
}

function fits({ takes, operands }: Command, rest: readonly string[]): boolean {
  if (takes === undefined) return rest.length === 0;
  return rest.length === 1 && operands?.includes(rest[0] ?? '') !== false;
}

/** Whether all that was given are options of the command, each with the value that it wants, or with none. */
function takesAll({ options = {} }: Command, given: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(given).every(([name, value]) => {
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) return false;
    if (option === 'flag') return value === true;
    if (!Array.isArray(value) || (value.length > 1 && option.isMany !== true)) return false;
    return value.every((one) => typeof one === 'string' && one !== '');
  });
}

function usageOf(commands: Commands): string {
  const lines = Object.entries(commands).map(([name, { takes, options = {}, summary }]) => {
    const optional = Object.entries(options).map(([option, how]) =>
      how === 'flag' ? `[--${option}]` : `[--${option} ${how.value}]`,
    );
    const words = [name, takes, ...optional].filter((word) => word !== undefined).join(' ');
    return `  ${words}\n      ${summary}`;
  });
  return `usage: algogate COMMAND\n\n${lines.join('\n')}\n\nIt is configured by environment variables: algogate config lists them.\n`;
}
