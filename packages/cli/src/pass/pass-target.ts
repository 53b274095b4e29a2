import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { RegistryReport } from "@rollcall/maintainer";
import type { CommandCall } from "../command-spec.ts";
import { type Choice, chooseRegistries, describeRegistry } from "../config/choose-registries.ts";
import { connectRegistry, connectTable, describeTarget } from "../connection/connection.ts";
import type { Target } from "../connection/target.ts";
import { suggest } from "../explain/suggest.ts";
import type { PassCommandOptions } from "./pass-options.ts";

/** What a pass is about: the table, the registries in it, and the words for them. */
export interface PassTarget extends AsyncDisposable {
  readonly client: DynamoDBClient;
  readonly target: Target;
  readonly choice: Choice;
  /** `table limits`, `namespace t1 of table limits` or `registry tenants of table app`. */
  titleOf(report: Pick<RegistryReport, "registry" | "scope">): string;
  /** Another command about the same registries, to copy. */
  suggestFor(command: string, words?: readonly string[]): string;
  /** Another command about the registry of one report. */
  suggestForOne(report: RegistryReport, command: string, words: readonly string[]): string;
}

/** A call of a command that runs a pass. */
export type PassCall = Pick<CommandCall<PassCommandOptions>, "options" | "io" | "printer" | "config">;

/**
 * Finds what the options of a pass are about. Of `resources` alone it speaks of namespaces, as ever.
 *
 * @throws UsageError when they do not say where, or choose no registry
 */
export async function openPassTarget({
  options,
  io,
  config,
}: Pick<PassCall, "options" | "io" | "config">): Promise<PassTarget> {
  const choice = chooseRegistries(config, options, io);
  return choice.isResources
    ? ofResources(await connectRegistry({ ...options, namespace: choice.scope }, io), choice)
    : ofDefinitions(await connectTable(options, io), choice);
}

type Connection = Pick<PassTarget, "client" | "target" | typeof Symbol.asyncDispose>;

function ofResources(connection: Connection, choice: Choice): PassTarget {
  const { client, target } = connection;
  const scopeWords = choice.allScopes ? ["--all-namespaces"] : [];
  return {
    client,
    target,
    choice,
    titleOf: ({ scope }) => describeTarget({ ...target, namespace: scope ?? undefined }),
    suggestFor: (command, words = []) => suggest(command, target, [...scopeWords, ...words]),
    suggestForOne: ({ scope }, command, words) => suggest(command, { ...target, namespace: scope ?? undefined }, words),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

function ofDefinitions(connection: Connection, choice: Choice): PassTarget {
  const { client } = connection;
  const target = { ...connection.target, namespace: undefined }; // a scope is among the words
  return {
    client,
    target,
    choice,
    titleOf: ({ registry, scope }) => describeRegistry(registry, scope ?? undefined, target.tableName),
    suggestFor: (command, words = []) => suggest(command, target, [...choice.words, ...words]),
    suggestForOne: ({ registry, scope }, command, words) =>
      suggest(command, target, [
        ...["--registry", registry],
        ...(scope === null ? [] : ["--scope", scope]),
        ...choice.configWords,
        ...words,
      ]),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
