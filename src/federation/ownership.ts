import { Kind } from 'graphql';

import { coordinatesOf } from './field-set';
import { type IndexedField, type IndexedType, indexOf, type SupergraphIndex } from './supergraph-index';

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * What the subgraphs of others would do to ours in a supergraph: answer for our fields, change or hide what is ours,
 * or take our fields with them when they are away. They may add fields to our entities and to the roots, share our
 * value types as they are, and have types of their own; anything else is told here, a line each. Source: chapter 5.
 * @param own the supergraph of our subgraphs alone
 * @param joined that of ours and theirs
 * @param names of our subgraphs
 */
export function trespasses(own: string, joined: string, names: ReadonlySet<string>): string[] {
  return new Ownership(indexOf(own), indexOf(joined), names).problems();
}

class Ownership {
  constructor(
    private readonly own: SupergraphIndex,
    private readonly joined: SupergraphIndex,
    private readonly names: ReadonlySet<string>,
  ) {}

  problems(): string[] {
    const found = [...this.own].flatMap(([name, type]) => this.problemsOfType(name, type));
    return [...new Set([...found, ...this.provided(), ...this.standIns(), ...this.strangers()])];
  }

  private problemsOfType(name: string, type: IndexedType): string[] {
    const now = this.joined.get(name);
    if (now === undefined) return [`MISSING: ${name} is ours, and not in the supergraph.`];
    if (now.kind !== type.kind) return [`CHANGED: ${name} is ours, and of another kind.`];
    const fields = new Set([...type.fields.keys(), ...now.fields.keys()]);
    return [
      ...this.changes(name, type, now, now),
      ...this.joinsOfType(name, type, now),
      ...this.members(name, type, now),
      ...[...fields].flatMap((field) =>
        this.problemsOfField(name, type, field, type.fields.get(field), now.fields.get(field)),
      ),
    ];
  }

  private joinsOfType(name: string, type: IndexedType, now: IndexedType): string[] {
    const keys = this.keysOf(name);
    const theirs = now.joins.filter(({ subgraph }) => !this.names.has(subgraph));
    return [
      ...theirs
        .filter(({ isInterfaceObject }) => isInterfaceObject)
        .map(({ subgraph }) => `INTERFACE_OBJECT: [${subgraph}] ${name} is an interface of ours.`),
      ...theirs.flatMap(({ subgraph, key }) =>
        key === null || keys.has(this.keyOf(name, key))
          ? []
          : [
              `FOREIGN_KEY: [${subgraph}] @key(fields: "${key}") is no key of ours: ${name} ` +
                (keys.size === 0 ? 'is no entity.' : `has ${[...keys].map(quoted).join(', ')}.`),
            ],
      ),
      ...this.differing(name, type.joins, now.joins),
    ];
  }

  /** Interfaces of ours that a type of ours has, and members of our unions. */
  private members(name: string, type: IndexedType, now: IndexedType): string[] {
    const mine = new Set(type.members.map((member) => member.name));
    return [
      ...this.differing(name, texts(type.members), texts(now.members)),
      ...now.members
        .filter((member) => !this.names.has(member.subgraph) && !mine.has(member.name))
        .filter((member) => type.kind === Kind.UNION_TYPE_DEFINITION || this.own.has(member.name))
        .map(
          (member) => `CHANGED: [${member.subgraph}] ${name} is ours, and ${member.name} is no part of it.`,
        ),
    ];
  }

  private problemsOfField(
    typeName: string,
    type: IndexedType,
    fieldName: string,
    field: IndexedField | undefined,
    now: IndexedField | undefined,
  ): string[] {
    const coordinate = `${typeName}.${fieldName}`;
    const joined = this.joined.get(typeName) ?? type;
    if (now === undefined)
      return [`CHANGED: ${this.by(joined)}${coordinate} is ours, and not in the supergraph.`];
    if (field === undefined) return this.added(typeName, type, coordinate, now);
    const overriding = now.joins.filter(({ override }) => override !== null && this.names.has(override));
    if (overriding.length > 0) {
      return overriding.map(({ subgraph }) => `OVERRIDE: [${subgraph}] ${coordinate} is ours.`);
    }
    return [
      ...(field.definition === now.definition
        ? []
        : [
            `CHANGED: ${this.by(joined)}${coordinate} is ours: ${field.definition}, and not ${now.definition}.`,
          ]),
      ...this.changes(coordinate, field, now, joined),
      ...this.differing(coordinate, field.joins, now.joins),
      ...this.answered(typeName, type, coordinate, now),
    ];
  }

  /** A field of theirs on a type of ours. */
  private added(typeName: string, type: IndexedType, coordinate: string, now: IndexedField): string[] {
    const by = now.joins.map(({ subgraph }) => `[${subgraph}]`).join(', ');
    const isEntity = type.kind === Kind.OBJECT_TYPE_DEFINITION && this.keysOf(typeName).size > 0;
    if (!isEntity && !ROOTS.has(typeName)) {
      return [`EXTENDED: ${by} ${coordinate} is added to a type of ours that is no entity.`];
    }
    return now.nullable
      ? []
      : [`NON_NULL: ${by} ${coordinate} must be nullable: its outage would take what is ours with it.`];
  }

  /** Subgraphs of others that would answer for a field of ours. Keys are everybody's; value types are found within theirs. */
  private answered(typeName: string, type: IndexedType, coordinate: string, now: IndexedField): string[] {
    const isShared = !ROOTS.has(typeName) && this.keysOf(typeName).size === 0;
    if (isShared || type.kind !== Kind.OBJECT_TYPE_DEFINITION || this.keyFields(typeName).has(coordinate))
      return [];
    return now.joins
      .filter(({ subgraph, external }) => !this.names.has(subgraph) && !external)
      .map(({ subgraph }) => `COLLISION: [${subgraph}] ${coordinate} is ours to answer.`);
  }

  /** `@provides` of what is ours: it would be answered without asking us. */
  private provided(): string[] {
    return [...this.joined].flatMap(([typeName, type]) =>
      [...type.fields].flatMap(([fieldName, field]) =>
        field.joins
          .filter(({ subgraph, provides }) => provides !== null && !this.names.has(subgraph))
          .flatMap(({ subgraph, provides }) =>
            coordinatesOf(this.joined, field.typeName, provides ?? '')
              .filter((coordinate) => this.isGuarded(coordinate))
              .map(
                (coordinate) =>
                  `PROVIDES: [${subgraph}] ${typeName}.${fieldName} provides ${coordinate}, which is ours to answer.`,
              ),
          ),
      ),
    );
  }

  /**
   * Interfaces of theirs that types of ours have, and that are objects to one of them: it would answer for fields of
   * what has the interface. And overrides of ours that no field of ours shows, as the composer looks for no field there.
   */
  private standIns(): string[] {
    const ours = [...this.own]
      .filter(([, { kind }]) => kind !== Kind.UNION_TYPE_DEFINITION)
      .map(([name]) => name);
    return [...this.joined].flatMap(([name, type]) => {
      if (this.own.has(name)) return [];
      const having = ours.filter((own) =>
        this.joined.get(own)?.members.some((member) => member.name === name),
      );
      return [
        ...type.joins
          .filter(({ isInterfaceObject }) => isInterfaceObject && having.length > 0)
          .map(
            ({ subgraph }) =>
              `INTERFACE_OBJECT: [${subgraph}] ${name} is an interface of ${having.join(', ')}, which is ours.`,
          ),
        ...[...type.fields].flatMap(([field, { joins }]) =>
          joins
            .filter(({ override }) => override !== null && this.names.has(override))
            .map(
              ({ subgraph, override }) =>
                `OVERRIDE: [${subgraph}] ${name}.${field} is nothing of "${override}", which is ours.`,
            ),
        ),
      ];
    });
  }

  /** What a supergraph that was composed elsewhere takes for ours and is not. */
  private strangers(): string[] {
    return [...this.joined].flatMap(([name, type]) => {
      if (this.own.has(name)) {
        const added = [...type.fields].filter(([field]) => this.own.get(name)?.fields.has(field) !== true);
        return added
          .filter(([, { joins }]) => joins.some(({ subgraph }) => this.names.has(subgraph)))
          .map(([field]) => `STRANGE: ${name}.${field} is said to be ours, and is not.`);
      }
      return type.joins.some(({ subgraph }) => this.names.has(subgraph))
        ? [`STRANGE: ${name} is said to be ours, and is not.`]
        : [];
    });
  }

  /** That our subgraphs say of something what they say without the others. */
  private differing(what: string, before: readonly Said[], now: readonly Said[]): string[] {
    const told = (said: readonly Said[]): string =>
      [
        ...new Set(
          said
            .filter(({ subgraph }) => this.names.has(subgraph))
            .map((each) => `${each.subgraph} ${each.text}`),
        ),
      ]
        .sort()
        .join('\n');
    return told(before) === told(now)
      ? []
      : [`DIFFERENT: ${what} is not joined to our subgraphs as it is by us.`];
  }

  private changes(what: string, before: Directed, now: Directed, joined: IndexedType): string[] {
    const by = this.by(joined);
    const gone = before.directives.filter((each) => !now.directives.includes(each));
    const come = now.directives.filter((each) => !before.directives.includes(each));
    return [
      ...come.map((each) => `CHANGED: ${by}${what} is ours, and not ${each}.`),
      ...gone.map((each) => `CHANGED: ${by}${what} is ours, and ${each}.`),
    ];
  }

  /** Who may have done it: `[reviews] `. */
  private by({ joins }: IndexedType): string {
    const theirs = new Set(joins.map(({ subgraph }) => subgraph).filter((name) => !this.names.has(name)));
    return theirs.size === 0 ? '' : `${[...theirs].map((name) => `[${name}]`).join(', ')} `;
  }

  private isGuarded(coordinate: string): boolean {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    return (
      this.own.get(typeName)?.fields.has(fieldName) === true && !this.keyFields(typeName).has(coordinate)
    );
  }

  private keysOf(typeName: string): ReadonlySet<string> {
    const keys = (this.own.get(typeName)?.joins ?? []).flatMap(({ key }) => (key === null ? [] : [key]));
    return new Set(keys.map((key) => this.keyOf(typeName, key)));
  }

  private keyOf(typeName: string, key: string): string {
    return coordinatesOf(this.joined, typeName, key).sort().join(' ');
  }

  private keyFields(typeName: string): ReadonlySet<string> {
    return new Set([...this.keysOf(typeName)].flatMap((key) => key.split(' ')));
  }
}

interface Said {
  readonly subgraph: string;
  readonly text: string;
}

function texts(members: IndexedType['members']): Said[] {
  return members.map(({ subgraph, name }) => ({ subgraph, text: name }));
}

interface Directed {
  readonly directives: readonly string[];
}

function quoted(text: string): string {
  return `"${text}"`;
}
