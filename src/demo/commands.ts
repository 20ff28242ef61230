import type { DemoState } from './state';

/** Three commands to copy: a call, a resolution, a GraphQL query. */
export function demoCommands(url: string, { keys }: DemoState): string {
  const query = JSON.stringify({
    query:
      '{ algorithm(ref: "acme/cancer-detection-ensemble") { latest { version } versions { nodes { version visibility viewerCanCall } } } }',
  });
  return `
algogate is at ${url}. Three commands to try:

A call. Any caller of 0.2 gets the highest public 0.2:
  curl -s ${url}/v1/algo/util/echo/0.2 -H 'Authorization: Simple ${keys.outsider}' -H 'Content-Type: application/json' -d '"hello"'

A resolution. 1.0 is 1.0.1 for everyone, though acme's members have a private 1.0.2:
  curl -s ${url}/v1/resolve/acme/cancer-detection-ensemble/1.0

A GraphQL query, as a member of acme, who sees both:
  curl -s ${url}/graphql -H 'Authorization: Bearer ${keys.member}' -H 'Content-Type: application/json' -d '${query}'

Keys: admin of acme   ${keys.admin}
      member of acme  ${keys.member}
      an outsider     ${keys.outsider}
`;
}
