import type { KnownTarget } from "../connection/target.ts";

/**
 * A command of ours for a user to copy, about the table and the registry at hand: the connection is repeated as it was
 * given, all words are quoted for the shell.
 *
 * @param command its words, such as `registry repair`
 * @param options what it is given besides the connection, word for word
 */
export function suggest(command: string, target: KnownTarget, options: readonly string[] = []): string {
  const { tableName, namespace, given } = target;
  const hasNamespace = !command.startsWith("table ") && !options.includes("--all-namespaces");
  const words = [
    ...command.split(" "),
    ...pair("--table", tableName),
    ...pair("--namespace", hasNamespace ? namespace : undefined),
    ...connectionWords(target),
    ...options,
  ];
  return `${given.program} ${words.map(shellQuoted).join(" ")}`;
}

/** A command of the AWS CLI about the table at hand, such as `describe-table`. */
export function suggestAws(command: string, target: KnownTarget, options: readonly string[] = []): string {
  const words = [...pair("--table-name", target.tableName), ...options, ...connectionWords(target)];
  return `aws dynamodb ${[command, ...words].map(shellQuoted).join(" ")}`;
}

/** A word that a shell reads as it is. */
export function shellQuoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  // What is not text would not survive being copied: bash, zsh and ksh read this form.
  const escaped = word.replace(/[\\']|[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    /[\\']/.test(character) ? `\\${character}` : [...Buffer.from(character)].map(hexByte).join(""),
  );
  return `$'${escaped}'`;
}

function connectionWords({ given: { options } }: KnownTarget): string[] {
  return [
    ...pair("--region", options.region),
    ...pair("--profile", options.profile),
    ...pair("--endpoint-url", options.endpointUrl),
  ];
}

function pair(option: string, value: string | undefined): string[] {
  return value ? [option, value] : [];
}

function hexByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
