import { defineRegistry } from "@rollcall/registry";

/** The names of the table's key attributes. */
const key = { partition: "pk", sort: "sk" };

/** All tenants: one registry. */
export const tenants = defineRegistry({
  name: "tenants",
  key,
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
});

/** The projects of a tenant: a registry for each, beside its items. The scope is the tenant. */
export const projects = defineRegistry({
  name: "projects",
  key,
  member: { partition: "TENANT#{scope}", sort: "PROJECT#{member}" },
  registry: { partition: "TENANT#{scope}", sort: "#PROJECTS", attribute: "projects" },
});
