import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Entity } from "electrodb";

/** ElectroDB lower-cases keys unless told not to; a registry lists names as they are. */
const casing = "none";

/** The items of the table, as ElectroDB reads and writes them. */
export function entities(client: DynamoDBClient, table: string) {
  const tenant = new Entity(
    {
      model: { entity: "tenant", version: "1", service: "app" },
      attributes: {
        tenant: { type: "string", required: true },
        plan: { type: ["free", "paid"] as const, required: true },
      },
      indexes: {
        primary: {
          pk: { field: "pk", composite: ["tenant"], template: "TENANT#${tenant}", casing },
          sk: { field: "sk", composite: [], template: "#META", casing },
        },
      },
    } as const,
    { client, table },
  );
  const project = new Entity(
    {
      model: { entity: "project", version: "1", service: "app" },
      attributes: {
        tenant: { type: "string", required: true },
        project: { type: "string", required: true },
      },
      indexes: {
        primary: {
          pk: { field: "pk", composite: ["tenant"], template: "TENANT#${tenant}", casing },
          sk: { field: "sk", composite: ["project"], template: "PROJECT#${project}", casing },
        },
      },
    } as const,
    { client, table },
  );
  return { tenant, project };
}
