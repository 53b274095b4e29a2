export { Page, type PageOptions } from "./page.ts";
export { PagePortError } from "./server/errors.ts";
export type { LoopEvent } from "./server/loop-event.ts";
export { DEFAULT_PAGE_PORT } from "./server/page-server.ts";
