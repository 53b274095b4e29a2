import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { PassReport } from "@rollcall/maintainer";
import { TableRegistries } from "@rollcall/maintainer/internal";
import type { RegistryDefinition } from "@rollcall/registry";
import { timingOf } from "@rollcall/registry/internal";
import { BatchCollector } from "./server/batch-collector.ts";
import { EventFeed } from "./server/event-feed.ts";
import type { LoopEvent } from "./server/loop-event.ts";
import { loadAssets, type PageAssets } from "./server/page-assets.ts";
import { PageServer } from "./server/page-server.ts";
import type { PageEvent } from "./shared/page-events.ts";
import { Audits } from "./table/audits.ts";
import { KnownScopes } from "./table/known-scopes.ts";
import { pageRoutes } from "./table/routes.ts";
import type { TablePlace } from "./table/table-place.ts";

/** How long a read or a repair of the page is retried against other writers, in milliseconds. */
const CONTENTION_TIMEOUT_MS = 10_000;

/** What a page shows. */
export interface PageOptions {
  /** Its port. Default: 8421, or the next one that is free. */
  port?: number | undefined;
  tableName: string;
  /** The client that it reads with. It stays yours. */
  client: DynamoDBClient;
  /** What the table's registries list. */
  registries: readonly RegistryDefinition[];
  /** Where the table is, in words. */
  place: string;
  /** Whether a loop runs in this process and tells the page of itself. */
  isLive: boolean;
  /** Whether the page may repair. */
  isWritable: boolean;
  /** Why items do not expire here, where they do not. */
  expiryRefusal?: string | undefined;
  /** What to say of an error: what happened and what to do. */
  explain: (error: unknown) => string;
  /** An audit's report as the command line prints it. */
  reportLines: (report: PassReport) => readonly string[];
}

/** A page that is served. */
export class Page implements AsyncDisposable {
  readonly #server: PageServer;
  readonly #audits: Audits;
  readonly #hear: (event: LoopEvent) => void;

  private constructor(server: PageServer, audits: Audits, hear: (event: LoopEvent) => void) {
    this.#server = server;
    this.#audits = audits;
    this.#hear = hear;
  }

  /**
   * Serves the page on 127.0.0.1.
   *
   * @throws PagePortError where the port is taken
   *
   * @example
   * ```ts
   * import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
   * import { Page } from "@rollcall/ui";
   * import { resources } from "@rollcall/registry/resources";
   *
   * await using page = await Page.serve({
   *   tableName: "limits",
   *   client: new DynamoDBClient({}),
   *   registries: [resources],
   *   place: "eu-central-1",
   *   isLive: false,
   *   isWritable: false,
   *   explain: String,
   *   reportLines: () => [],
   * });
   * console.log(page.url);
   * ```
   */
  static async serve(options: PageOptions): Promise<Page> {
    const { client, tableName, explain, reportLines } = options;
    const registries = new TableRegistries(options.registries);
    const retry = { ...timingOf(options), contentionTimeoutMs: CONTENTION_TIMEOUT_MS };
    const table: TablePlace = { client, tableName, registries, retry };
    const feed = new EventFeed();
    const scopes = new KnownScopes(registries);
    const batches = new BatchCollector(Date.now);
    const audits = new Audits(table, {
      explain,
      reportLines,
      tell: (audit) => {
        if (audit.state === "done") for (const finding of audit.findings) scopes.learn(finding);
        feed.tell({ kind: "audit", at: Date.now(), audit });
      },
    });
    const routes = pageRoutes({ options, table, feed, scopes, batches, audits });
    const server = await PageServer.listen({ assets: assetsOnce(), routes, feed, explain }, options.port);
    return new Page(server, audits, (event) => {
      const telling = tellingOf(event, batches);
      if (telling?.kind === "batch") for (const owner of telling.registries) scopes.learn(owner);
      if (telling !== undefined) feed.tell(telling);
    });
  }

  /** Where a browser finds it. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/`;
  }

  /** Hears of the loop. */
  tell(event: LoopEvent): void {
    this.#hear(event);
  }

  /** Ends within a second: open streams of events are closed, a running audit is cancelled. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#server[Symbol.asyncDispose](), this.#audits[Symbol.asyncDispose]()]);
  }
}

/** Loads the client when a browser first asks for it: a page that is not looked at costs nothing. */
function assetsOnce(): () => Promise<PageAssets> {
  let loading: Promise<PageAssets> | undefined;
  return () => {
    loading ??= loadAssets();
    return loading;
  };
}

function tellingOf(event: LoopEvent, batches: BatchCollector): PageEvent | undefined {
  const at = Date.now();
  switch (event.event) {
    case "received":
      return void batches.received(event);
    case "suspected":
      return void batches.suspected(event);
    case "registry-read":
      return void batches.read(event);
    case "repair":
      return void batches.repaired(event);
    case "batch":
      return batches.complete(event);
    case "drift": {
      const { registry, scope = null, drift: label } = event;
      return { kind: "drift", at, registry, scope, label };
    }
    case "reload":
      return { kind: "note", at, tone: "news", message: "The handler’s code changed and is in use." };
    case "stream":
      return { kind: "note", at, tone: "news", message: event.message };
    case "problem":
      return { kind: "note", at, tone: "problem", message: event.message };
  }
}
