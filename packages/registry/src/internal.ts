/**
 * What tests, simulations and the other packages of Rollcall need beside the public calls: a clock and chance of their
 * own, and clients whose requests time out. No promise is made about it between releases.
 */

import "./node-version.ts";

export { openClient } from "./client.ts";
export { registryKeys } from "./definition/define-registry.ts";
export { layoutOf } from "./definition/layout.ts";
export { CHANGE_ATTRIBUTE, SWEEP_ATTRIBUTES, sweepKey } from "./definition/reserved.ts";
export { type Timing, timingOf, withTiming } from "./protocol/timing.ts";
export { type RegistryPlace, registrySet, registrySets } from "./registry-set.ts";
