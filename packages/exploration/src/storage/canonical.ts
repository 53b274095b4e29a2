/**
 * JSON in which the same things have the same text: members in order of their names, string sets in order. Errors count
 * by what a caller can tell them by.
 */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (name, member: unknown) => {
    if (name === "SS") return (member as string[]).toSorted();
    if (member instanceof Error) return { ...member, name: member.name, message: member.message };
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
