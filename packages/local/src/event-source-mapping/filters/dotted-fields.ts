type Fields = Readonly<Record<string, unknown>>;

/**
 * The value of a field, with what stands under dotted names: of `{ "a.b": 1, a: { c: 2 } }` the field `a` is
 * `{ b: 1, c: 2 }`. Two values of one path become a list, for a list matches when one of its members does.
 */
export function fieldOf(value: Fields, name: string): unknown {
  const own = Object.hasOwn(value, name) ? value[name] : undefined;
  const prefix = `${name}.`;
  const dotted = Object.keys(value).filter((key) => key.startsWith(prefix));
  if (dotted.length === 0) return own;
  return dotted.reduce<unknown>((found, key) => joined(found, key.slice(prefix.length), value[key]), own);
}

/** What was found, and one more field within it. */
function joined(found: unknown, field: string, value: unknown): unknown {
  if (found === undefined) return Object.fromEntries([[field, value]]);
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    return [found, Object.fromEntries([[field, value]])].flat();
  }
  const { [field]: there, ...others } = found as Fields;
  return Object.fromEntries([...Object.entries(others), [field, there === undefined ? value : [there, value].flat()]]);
}
