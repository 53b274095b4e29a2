/**
 * What other packages of this repository share with the maintainer: its repair, and registries as it keeps them apart. No
 * promise is made about it between releases.
 */

export { type ScopedRegistry, TableRegistries } from "./registries/table-registries.ts";
export { type Drift, type ReconcileTarget, type Repair, reconcile } from "./repair/reconcile.ts";
