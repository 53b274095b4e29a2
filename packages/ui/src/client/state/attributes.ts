import type { JsonAttribute } from "../../shared/answers.ts";

/** An attribute for people: its type in a word, and its value as text. */
export interface ShownAttribute {
  readonly type: string;
  readonly texts: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  S: "string",
  N: "number",
  B: "binary",
  BOOL: "boolean",
  NULL: "null",
  SS: "string set",
  NS: "number set",
  BS: "binary set",
  L: "list",
  M: "map",
};

/** The type and the value of a marshalled attribute. */
export function shownAttribute(attribute: unknown): ShownAttribute {
  const [tag = "", value] = Object.entries(attribute as JsonAttribute)[0] ?? [];
  const type = TYPES[tag] ?? tag;
  if (Array.isArray(value) && tag !== "L") return { type, texts: value.map(String) };
  if (tag === "L" || tag === "M") return { type, texts: [JSON.stringify(plain(attribute), null, 1)] };
  return { type, texts: [tag === "NULL" ? "null" : String(value)] };
}

/** The same as plain JSON: numbers that JavaScript cannot hold stay text, sets are arrays, binary is base64. */
function plain(attribute: unknown): unknown {
  const [tag = "", value] = Object.entries(attribute as JsonAttribute)[0] ?? [];
  switch (tag) {
    case "N":
      return String(Number(value)) === value ? Number(value) : value;
    case "NS":
      return (value as string[]).map((each) => plain({ N: each }));
    case "NULL":
      return null;
    case "L":
      return (value as unknown[]).map(plain);
    case "M":
      return plainItem(value as JsonAttribute);
    default:
      return value;
  }
}

/** An item as plain JSON. */
export function plainItem(item: JsonAttribute): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}
