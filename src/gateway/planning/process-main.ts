import type { QueryPlan } from '@graphql-hive/router-query-planner';

import { GatewayError } from '../errors';
import type { Asked, Reply, Told } from './messages';
import { invalidSupergraph, type NativePlanner, plannersInProcess } from './planners';
import { PlanningTime } from './planning-time';

/** The process in which guarded planners run: it plans what its parent asks, and ends when the planner does. */

const planners = plannersInProcess();
const opened = new Map<number, NativePlanner>();

async function answer(asked: Asked): Promise<Reply> {
  const { id, ms } = asked;
  const time = new PlanningTime(ms);
  try {
    const plan = await planned(asked, time);
    return { id, ms: ms - time.leftMs, ...(plan !== null && { plan }) };
  } catch (error) {
    return { id, ms: ms - time.leftMs, error: said(error) };
  }
}

async function planned(asked: Asked, time: PlanningTime): Promise<QueryPlan | null> {
  const { graph, supergraphSdl, request, forget } = asked;
  for (const number of forget) opened.delete(number);
  if (supergraphSdl !== undefined) opened.set(graph, planners.open(supergraphSdl));
  const planner = opened.get(graph);
  if (planner === undefined) throw invalidSupergraph('it was not opened');
  return request === undefined ? null : planner.plan(request, time);
}

function said(error: unknown): NonNullable<Reply['error']> {
  if (error instanceof GatewayError) return { code: error.code, message: error.details[0] ?? error.message };
  return { message: error instanceof Error ? error.message : String(error) };
}

function tell(told: Told): void {
  process.send?.(told);
}

process.on('message', (asked: Asked) => void answer(asked).then(tell));
// Its parent is gone, maybe by a kill -9. An orderly exit would wait for the threads of plans under way.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// A terminal, or a service manager, sends these to all; when to end is its parent's to say, which may still be serving.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
tell('ready');
