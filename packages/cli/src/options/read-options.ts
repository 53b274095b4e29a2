import { flag } from "./option.ts";

/** The option of every command that reads: the choice between the two kinds of reads. */
export const consistentOption = flag(
  "--consistent",
  "read the latest state, for twice the read units; else up to a second old",
);
