/** A place in the gateway's data, as a chain to the root: made for every entity, spelled out only for errors. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

export function placeToArray(place: Place | undefined): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.parent) path.push(at.key);
  return path.reverse();
}
