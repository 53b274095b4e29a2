import type { RegistryDefinition } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { hasResources } from "../config/choose-registries.ts";
import { shellQuoted } from "../explain/suggest.ts";
import { fold } from "../terminal/fold.ts";
import type { DevEvent } from "./dev-event.ts";
import type { Place } from "./place.ts";

/** The Region and the keys that clients are told. Engines on this machine take any, but clients insist on some. */
const CLIENT_ENVIRONMENT = [
  "AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1",
  "AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local",
] as const;

/**
 * Where everything is, and commands to try that work as they stand: the variables are all that any client needs. Some
 * clients read the endpoint of all services, some only that of one, and the AWS CLI of Debian 12 none, so all are told.
 */
export function whatToTry(
  { table, engine, endpoint, registries: names, ui }: Extract<DevEvent, { event: "ready" }>,
  { registries, words, columns }: Place,
): string[] {
  const isInRepository = words.program !== "rollcall";
  return [
    ...fold(`Ready: table ${table} on ${engine} at ${endpoint}`, columns, 2),
    ...(words.configWords === undefined ? [] : fold(`Registries: ${names.join(", ")}`, columns, 2)),
    ...(ui === undefined ? [] : [`Page: ${ui}`]),
    "",
    `In another terminal${isInRepository ? ", in this folder" : ""}:`,
    "  unset AWS_PROFILE AWS_SESSION_TOKEN",
    `  export ROLLCALL_TABLE=${table}`,
    `  export AWS_ENDPOINT_URL=${endpoint}`,
    `  export AWS_ENDPOINT_URL_DYNAMODB=${endpoint}`,
    `  export AWS_ENDPOINT_URL_DYNAMODB_STREAMS=${endpoint}`,
    ...CLIENT_ENVIRONMENT.map((variables) => `  export ${variables}`),
    ...commandsFor(registries, words).map((command) => `  ${command}`),
    `  aws dynamodb list-tables --endpoint-url ${endpoint}`,
    "",
    ...fold("What any client breaks is repaired here. Ctrl-C stops everything.", columns, 0),
    "",
  ];
}

/** Two commands that work as they stand: for limits where they are kept here, and otherwise for the first registry. */
function commandsFor(
  registries: readonly RegistryDefinition[],
  { program, configWords = [] }: Place["words"],
): string[] {
  if (hasResources(registries)) return [`${program} resource set gpt-4 -l rpm:500`, `${program} resource list`];
  const config = configWords.map((word) => ` ${shellQuoted(word)}`).join("");
  const listed = registries.find((definition) => !registryKeys(definition).isScopeRequired);
  const list = listed && `${program} registry list --registry ${listed.name}${config}`;
  return [...(list === undefined ? [] : [list]), `${program} registry audit${config}`];
}
