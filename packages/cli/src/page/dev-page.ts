import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { Engine } from "@rollcall/local";
import type { RegistryDefinition } from "@rollcall/registry";
import type { Page } from "@rollcall/ui";
import { hasResources } from "../config/choose-registries.ts";
import { resolveTarget } from "../connection/target.ts";

/** What a loop's page is about. */
interface DevPage {
  readonly uiPort: number | undefined;
  readonly engine: Engine;
  readonly client: DynamoDB;
  readonly tableName: string;
  readonly registries: readonly RegistryDefinition[];
}

/** The page of a loop: it may write, for the table is on this machine. */
export async function serveDevPage({ uiPort, engine, client, tableName, registries }: DevPage): Promise<Page> {
  const { servePage } = await import("./serve-page.ts");
  const { name, endpoint } = engine;
  return await servePage({
    target: resolveTarget({ table: tableName, endpointUrl: endpoint }, {}),
    port: uiPort,
    client,
    registries,
    place: `${name} at ${endpoint}`,
    isLive: true,
    isWritable: true,
    expiryRefusal: expiryRefusal(name, registries),
  });
}

/** Why nothing expires while one watches, where it does not. */
function expiryRefusal(engine: Engine["name"], registries: readonly RegistryDefinition[]): string | undefined {
  if (!hasResources(registries)) return "this table has no attribute by which items expire.";
  if (engine === "memory") return undefined;
  return `${engine} does not delete expired items while one watches; start with --engine memory for that.`;
}
