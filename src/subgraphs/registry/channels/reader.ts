import type { GraphContext } from '../../shared/context';
import { type Connection, connection, type Page } from '../../shared/paging';
import type { ChannelLoaders } from './loaders';
import { Channel, ChannelMove } from './types';
import type { GateLoaders } from '../gates/loaders';
import { ChannelGates, GateReport } from '../gates/types';
import type { ChannelFacts, ChannelMoveRecord, GateReportRecord } from '../records';

/** Channels and gates as objects of the graph, through the loaders of the request. */
export class ChannelReader {
  constructor(private readonly loaders: (context: GraphContext) => ChannelLoaders & GateLoaders) {}

  channel(facts: ChannelFacts): Channel {
    return Object.assign(new Channel(), facts);
  }

  async supportedUntil(context: GraphContext, { algorithmId, name }: Channel): Promise<Date | null> {
    const pointers = await this.loaders(context).pointersOfAlgorithm.load(algorithmId);
    const until = pointers.find((pointer) => pointer.name === name)?.supportedUntil ?? null;
    return until === null ? null : new Date(until);
  }

  async history(context: GraphContext, channel: Channel, page: Page): Promise<Connection<ChannelMove>> {
    const { algorithmId, algorithmRef, name } = channel;
    const moves = await this.loaders(context).channelHistory.load({ algorithmId, name, page });
    return connection(page, moves, numberOf, (move) => moveNode(move, algorithmRef));
  }

  /** In the order of the channels. */
  async gates(context: GraphContext, algorithmId: number): Promise<ChannelGates[]> {
    const gates = await this.loaders(context).gatesOfAlgorithm.load(algorithmId);
    return gates.map(({ since, ...rest }) =>
      Object.assign(new ChannelGates(), { ...rest, since: new Date(since) }),
    );
  }

  async reports(context: GraphContext, versionId: number, page: Page): Promise<Connection<GateReport>> {
    const reports = await this.loaders(context).gateReports.load({ versionId, page });
    return connection(page, reports, numberOf, reportNode);
  }
}

function numberOf({ number }: { readonly number: number }): string {
  return String(number);
}

function moveNode(move: ChannelMoveRecord, algorithmRef: string): ChannelMove {
  const { kind, at, reason, algorithmId, fromId, toId, byId } = move;
  const facts = { kind, at: new Date(at), reason, algorithmId, algorithmRef, fromId, toId, byId };
  return Object.assign(new ChannelMove(), facts);
}

function reportNode({ values, at, byId }: GateReportRecord): GateReport {
  const gates = Object.entries(values).map(([name, value]) => ({ name, value }));
  return Object.assign(new GateReport(), { gates, at: new Date(at), byId });
}
