import { defineRegistry } from "../definition/define-registry.ts";
import { layoutOf } from "../definition/layout.ts";
import type { RegistryDefinition } from "../definition/registry-definition.ts";

/**
 * The predefined registry: the resources that have default limits in a table of the rate limiter's. A member is a
 * resource, its item a default, its scope a namespace; keys without one are "flat".
 */
export const resources = defineRegistry({
  name: "resources",
  key: { partition: "PK", sort: "SK" },
  member: { partition: "[{scope}/]RESOURCE#{member}", sort: "#CONFIG" },
  registry: {
    partition: "[{scope}/]SYSTEM#",
    sort: "#RESOURCES",
    attribute: "resources",
    // The limiter's GSI4 finds everything of a namespace by these.
    attributes: { GSI4PK: "{scope}", GSI4SK: "{scope}/SYSTEM#" },
  },
  names: { pattern: "[a-zA-Z][a-zA-Z0-9_.\\-/]*", maxBytes: 64 },
  scopes: { pattern: "^[^#]+$" },
});

const RESOURCES_LAYOUT = layoutOf(resources);

/** Whether a definition is the predefined one, also where it was read from JSON. Which names may be written is no part of it. */
export function isResources(definition: RegistryDefinition): boolean {
  if (definition === resources) return true;
  return definition.name === resources.name && layoutOf(definition) === RESOURCES_LAYOUT;
}
