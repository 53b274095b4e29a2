import { MAX_LISTED } from "../terminal/output.ts";
import { flag } from "./option.ts";

/** The option of every command that asks before it writes. */
export const yesOption = flag("-y, --yes", "write without asking");

/** The option of every command that can show what it would do. */
export const dryRunOption = flag("--dry-run", "show what would be done, and write nothing");

/** The option of every command whose report lists names: without it, it shows the first and counts the others. */
export const allOption = flag("--all", `show every name, not only the first ${MAX_LISTED} of each list`);
