import { ArgsType, type ClassType, Directive, Field, Int, ObjectType } from 'type-graphql';

import { AlgogateError } from '../../domain/errors';

const DEFAULT_FIRST = 20;
const MAX_FIRST = 100;
const MAX_CURSOR_LENGTH = 2000;

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: 'At most 100.' })
  first!: number | null;
  @Field(() => String, { nullable: true, description: 'The cursor after which the page begins.' }) after?:
    string | null;
}

@ObjectType({ description: 'Where a page ends. Source: the Relay connection specification.' })
@Directive('@shareable')
export class PageInfo {
  @Field(() => Boolean) hasNextPage!: boolean;
  @Field(() => Boolean) hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true }) startCursor!: string | null;
  @Field(() => String, { nullable: true }) endCursor!: string | null;
}

export interface Edge<T> {
  readonly cursor: string;
  readonly node: T;
}

export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
}

/**
 * The connection type of a node type.
 * @param of what the page is of, where that is not called like what is on it, and what that is in the plural
 */
export function connectionOf<T extends object>(
  name: string,
  nodeType: () => ClassType<T>,
  of = { name, plural: `${name}s` },
): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { description: `One of a page of ${of.plural}.` })
  class EdgeType implements Edge<T> {
    @Field(() => String) cursor!: string;
    @Field(() => nodeType()) node!: T;
  }

  @ObjectType(`${of.name}Connection`, { description: `A page of ${of.plural}.` })
  class ConnectionType implements Connection<T> {
    @Field(() => [EdgeType]) edges!: EdgeType[];
    @Field(() => [nodeType()]) nodes!: T[];
    @Field(() => PageInfo) pageInfo!: PageInfo;
  }
  return ConnectionType;
}

/** What demand control needs to know of a field that gives a connection (`@listSize`). */
export const SIZED_BY_FIRST = `@listSize(assumedSize: ${DEFAULT_FIRST}, slicingArguments: ["first"], sizedFields: ["edges", "nodes"], requireOneSlicingArgument: false)`;

/** A page to be read: `limit` is one more than asked for, to see whether there is a next one. */
export interface Page {
  readonly first: number;
  readonly limit: number;
  /** The key that the page begins after; keys are public, so a cursor tells its bearer nothing new. */
  readonly after: string | null;
}

/** @throws AlgogateError INVALID_INPUT */
export function pageOf({ first: asked, after }: PageArgs): Page {
  const first = asked ?? DEFAULT_FIRST;
  if (first < 1 || first > MAX_FIRST) {
    throw new AlgogateError('INVALID_INPUT', `first is not from 1 to ${MAX_FIRST}`, ['first']);
  }
  return { first, limit: first + 1, after: after == null ? null : keyOfCursor(after) };
}

/** Where a page ends that has looked at more rows than it shows. */
export interface PageEnd {
  readonly hasNext: boolean;
  /** What the next page begins after; null where there is nothing. */
  readonly key: string | null;
}

/**
 * @param rows at most `page.limit`, in order
 * @param keyOf what orders them, unique
 * @param end where that is not told by the rows: the page may then be short, or empty, and have a next one
 */
export function connection<R, T>(
  page: Page,
  rows: readonly R[],
  keyOf: (row: R) => string,
  nodeOf: (row: R) => T,
  end?: PageEnd,
): Connection<T> {
  const edges = rows.slice(0, page.first).map((row) => ({ cursor: cursorOf(keyOf(row)), node: nodeOf(row) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: end?.hasNext ?? rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor:
        end === undefined ? (edges.at(-1)?.cursor ?? null) : end.key === null ? null : cursorOf(end.key),
    },
  };
}

function cursorOf(key: string): string {
  return Buffer.from(`k:${key}`).toString('base64url');
}

function keyOfCursor(cursor: string): string {
  const text = cursor.length > MAX_CURSOR_LENGTH ? '' : Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith('k:')) throw noCursor();
  return text.slice(2);
}

const PAIR = /^(\d{1,15}) ([\w-]{1,64})$/;

/**
 * What a key says that was made of a number and a word, with a space between.
 * @throws AlgogateError INVALID_INPUT
 */
export function pairOfKey(key: string): readonly [number: number, word: string] {
  const [, number, word] = PAIR.exec(key) ?? [];
  if (number === undefined || word === undefined) throw noCursor();
  return [Number(number), word];
}

function noCursor(): AlgogateError {
  return new AlgogateError('INVALID_INPUT', 'after is no cursor of ours', ['after']);
}
