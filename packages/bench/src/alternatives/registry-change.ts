import { REGISTRY_ATTRIBUTE } from "@rollcall/registry/schema";

/** The update of a registry that adds one name or takes it off. */
export function registryChange(action: "ADD" | "DELETE", name: string) {
  return {
    UpdateExpression: `${action} ${REGISTRY_ATTRIBUTE} :names`,
    ExpressionAttributeValues: { ":names": { SS: [name] } },
  };
}
