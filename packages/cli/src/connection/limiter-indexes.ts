import type { GlobalSecondaryIndex, TableDescription } from "@aws-sdk/client-dynamodb";
import type { tableDefinition } from "@rollcall/registry";

/** Which indexes a new table gets: none, or those without which the limiter's own commands fail on it. */
export const INDEX_SETS = ["none", "limiter"] as const;
export type IndexSet = (typeof INDEX_SETS)[number];

/**
 * The limiter's own indexes, with its projections: it looks entities and buckets up in the first three, and finds what
 * a namespace has in the fourth, when it purges one.
 */
const PROJECTIONS = { GSI1: "ALL", GSI2: "ALL", GSI3: "KEYS_ONLY", GSI4: "KEYS_ONLY" } as const;

/** The indexes of a set, as CreateTable takes them. */
function indexesOf(set: IndexSet): GlobalSecondaryIndex[] {
  if (set === "none") return [];
  return Object.entries(PROJECTIONS).map(([IndexName, ProjectionType]) => ({
    IndexName,
    KeySchema: [
      { AttributeName: `${IndexName}PK`, KeyType: "HASH" },
      { AttributeName: `${IndexName}SK`, KeyType: "RANGE" },
    ],
    Projection: { ProjectionType },
  }));
}

/** What an existing table lacks of a set, and what to do about it. */
export function indexDifferences({ GlobalSecondaryIndexes = [] }: TableDescription, set: IndexSet): string[] {
  const existing = new Set(GlobalSecondaryIndexes.map(({ IndexName }) => IndexName));
  const missing = indexesOf(set).flatMap(({ IndexName = "" }) => (existing.has(IndexName) ? [] : [IndexName]));
  if (missing.length === 0) return [];
  return [`it lacks the limiter's ${missing.join(", ")}: add them, one at a time, with aws dynamodb update-table`];
}

/** A table's definition with the indexes of a set. */
export function withIndexes(definition: ReturnType<typeof tableDefinition>, set: IndexSet) {
  const indexes = indexesOf(set);
  if (indexes.length === 0) return definition;
  const keys = indexes.flatMap(({ KeySchema = [] }) => KeySchema.map(({ AttributeName }) => AttributeName));
  return {
    ...definition,
    AttributeDefinitions: [
      ...definition.AttributeDefinitions,
      ...keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
    ],
    GlobalSecondaryIndexes: indexes,
  };
}
