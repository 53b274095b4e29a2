import { MAX_PARTITION_KEY_BYTES } from "../definition/constants.ts";
import { InvalidNameError } from "../definition/errors.ts";
import { MAX_NAME_LENGTH } from "./constants.ts";
import { resourceKey } from "./schema.ts";

const RESOURCE_NAME = /^[a-zA-Z][a-zA-Z0-9_.\-/]*$/;
const LIMIT_NAME = /^[a-zA-Z][a-zA-Z0-9_.-]*$/;
const NAMESPACE = /^[a-zA-Z0-9_][a-zA-Z0-9_-]*$/;

/** The limiter keeps its own bucket of write units under this name. */
const RESERVED_LIMIT = "wcu";
/** The limiter keeps its directory of namespaces under this one. */
export const RESERVED_NAMESPACE = "_";

/** Refuses a resource name that the limiter would not read back. */
export function assertResourceName(name: string): void {
  assertName("resource", name, RESOURCE_NAME, "letters, digits, '_', '.', '-' and '/', first a letter");
}

/** Refuses a limit name that the limiter would not read back. */
export function assertLimitName(name: string): void {
  assertName("limit", name, LIMIT_NAME, "letters, digits, '_', '.' and '-', first a letter");
  if (name === RESERVED_LIMIT) throw new InvalidNameError("limit", name, "it is reserved by the limiter");
}

/** Whether the limiter reads a limit of this name: its own check, in Python, lets a line break at the end through. */
export function isReadableLimitName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && name !== RESERVED_LIMIT && LIMIT_NAME.test(name.replace(/\n$/, ""));
}

/** Refuses a namespace that would make keys ambiguous or belongs to the limiter itself. */
export function assertNamespace(namespace: string): void {
  assertName("namespace", namespace, NAMESPACE, "letters, digits, '_' and '-', not first a '-'");
  if (namespace === RESERVED_NAMESPACE) {
    throw new InvalidNameError("namespace", namespace, "it is reserved by the limiter");
  }
}

/**
 * Whether an item can have this name at all: any text whose key fits. A lone surrogate is no text: encoded as UTF-8 it
 * becomes a question mark, and so the name of another resource.
 */
export function isStorableName(name: string, namespace: string | undefined): boolean {
  return (
    name !== "" &&
    name.isWellFormed() &&
    Buffer.byteLength(resourceKey(name, namespace).PK.S) <= MAX_PARTITION_KEY_BYTES
  );
}

/**
 * Refuses only what no item can have as its name. Reads and deletes take any other: a name that another writer left in
 * the table must be readable and removable, of any look.
 */
export function assertStorableName(name: string, namespace: string | undefined): void {
  if (typeof name === "string" && isStorableName(name, namespace)) return;
  if (typeof name === "string" && !name.isWellFormed()) {
    throw new InvalidNameError(
      "resource",
      name,
      "it has half of a character, a lone surrogate, which no item can have",
    );
  }
  throw new InvalidNameError(
    "resource",
    name,
    `use 1 character or more, and a key of ${MAX_PARTITION_KEY_BYTES} bytes at most`,
  );
}

function assertName(field: InvalidNameError["field"], name: string, pattern: RegExp, alphabet: string): void {
  if (typeof name !== "string" || name.length > MAX_NAME_LENGTH || !pattern.test(name)) {
    throw new InvalidNameError(field, name, `use 1 to ${MAX_NAME_LENGTH} characters of ${alphabet}`);
  }
}
