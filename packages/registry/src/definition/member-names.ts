import { MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES } from "./constants.ts";
import { InvalidNameError } from "./errors.ts";
import type { RegistryDefinition } from "./registry-definition.ts";
import type { RegistryKeys } from "./registry-keys.ts";

/**
 * Refuses only what no item can have as its name. Deletes take any other: a name that another writer left in the table
 * must be removable, of any look.
 *
 * @throws InvalidNameError
 */
export function assertFoundName(keys: RegistryKeys, member: string, scope: string | undefined): void {
  const fail = (rule: string): never => {
    throw new InvalidNameError("member", member, rule);
  };
  if (typeof member !== "string" || member === "") fail("use text of 1 character or more");
  if (!member.isWellFormed()) fail("it has half of a character, a lone surrogate, which no item can have");
  if (!keys.fits(member, scope)) {
    fail(
      `its item's key would be too long: DynamoDB takes ${MAX_PARTITION_KEY_BYTES} bytes in a partition key ` +
        `and ${MAX_SORT_KEY_BYTES} in a sort key`,
    );
  }
}

/**
 * Refuses what the definition does not let be written.
 *
 * @throws InvalidNameError
 */
export function assertWritableName(
  { names = {} }: RegistryDefinition,
  keys: RegistryKeys,
  member: string,
  scope: string | undefined,
): void {
  assertFoundName(keys, member, scope);
  const { pattern, maxBytes } = names;
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(member)) {
    throw new InvalidNameError("member", member, `the registry's definition takes names that match ${pattern}`);
  }
  if (maxBytes !== undefined && Buffer.byteLength(member) > maxBytes) {
    throw new InvalidNameError("member", member, `the registry's definition takes names of ${maxBytes} bytes at most`);
  }
}

/**
 * Refuses a scope that is missing, that the definition's keys have no place for, or that would not read back.
 *
 * @throws InvalidNameError
 */
export function assertScope(keys: RegistryKeys, scope: string | undefined): void {
  if (scope === undefined) {
    if (keys.isScopeRequired)
      throw new InvalidNameError("scope", "", "it is missing, and the definition's keys need one");
    return;
  }
  if (!keys.mayHaveScope) throw new InvalidNameError("scope", scope, "the definition's keys have none; leave it out");
  const isText = typeof scope === "string" && scope.isWellFormed();
  if (!isText || !keys.isScope(scope)) {
    throw new InvalidNameError("scope", scope, "its keys would not read back, or the definition does not take it");
  }
}
