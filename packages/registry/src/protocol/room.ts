/** How a full set answers the names that are to be added to it. */
export interface Room {
  /** Positions of those that go in: members already, which cost nothing, and new ones for which there is room. */
  fitting: number[];
  /** Positions of those for which there is none. */
  refused: number[];
}

/**
 * Sorts out which names still fit into a set whose item refused them all together. Names are taken in their order.
 *
 * At least one new name is refused, the longest: DynamoDB has just said that they do not fit together, and going again
 * with the same names on the strength of our own arithmetic might never end.
 */
export function findRoom(names: readonly string[], members: ReadonlySet<string>, freeBytes: number): Room {
  const room: Room = { fitting: [], refused: [] };
  let free = freeBytes;
  for (const [i, name] of names.entries()) {
    const bytes = members.has(name) ? 0 : Buffer.byteLength(name);
    if (bytes > free) {
      room.refused.push(i);
    } else {
      room.fitting.push(i);
      free -= bytes;
    }
  }
  if (room.refused.length > 0) return room;

  const size = (i: number): number => (members.has(names[i] ?? "") ? -1 : Buffer.byteLength(names[i] ?? ""));
  const longest = room.fitting.reduce((best, i) => (size(i) > size(best) ? i : best), 0);
  return { fitting: room.fitting.filter((i) => i !== longest), refused: [longest] };
}
