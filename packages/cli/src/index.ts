export { main } from "./cli.ts";
export { type Io, processIo } from "./io.ts";
export { formatLimit, LimitTextError, parseLimit } from "./limit-text.ts";
