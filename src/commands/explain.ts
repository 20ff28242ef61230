import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { explain, explainedText } from '../gateway';

/** The composed graph of this version, in the sources and beside the compiled program alike. */
const SUPERGRAPHS = ['../schema/supergraph.graphql', '../../schema/supergraph.graphql'];

/**
 * The plan of a query on our own subgraphs: no database is opened.
 * @param given the query itself, or the name of a file that has it
 * @throws Error saying what is wrong with the query
 */
export async function explainQuery(given: string, asJson: boolean): Promise<string> {
  const path = SUPERGRAPHS.map((one) => join(__dirname, one)).find((one) => existsSync(one));
  if (path === undefined) throw new Error('schema/supergraph.graphql is not there');
  const query = existsSync(given) ? readFileSync(given, 'utf8') : given;
  const plan = await explain(readFileSync(path, 'utf8'), query);
  return asJson ? `${JSON.stringify(plan, null, 2)}\n` : explainedText(plan);
}
