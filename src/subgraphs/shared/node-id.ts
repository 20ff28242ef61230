import { AlgogateError } from '../../domain/errors';

export const NODE_TYPES = ['Owner', 'Algorithm', 'Major', 'Version'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

/** The global id of a node: its type and its public name, so that it is the same at every replica, for ever. */
export function nodeId(type: NodeType, ref: string): string {
  return Buffer.from(`${type}:${ref}`).toString('base64url');
}

/** @throws AlgogateError NOT_FOUND */
export function parseNodeId(id: string): { type: NodeType; ref: string } {
  const [, name, ref] =
    /^([A-Za-z]+):(.{1,600})$/.exec(Buffer.from(id.slice(0, 1000), 'base64url').toString()) ?? [];
  const type = NODE_TYPES.find((known) => known === name);
  if (type === undefined || ref === undefined) throw new AlgogateError('NOT_FOUND', `node ${id} not found`);
  return { type, ref };
}
