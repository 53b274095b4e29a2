import { Option } from "commander";

/** The choice between the two kinds of reads. */
export interface ReadOptions {
  consistent?: boolean | undefined;
}

/** The option of every command that reads. */
export function consistentOption(): Option {
  return new Option("--consistent", "read the latest state, for twice the read units; else up to a second old");
}
