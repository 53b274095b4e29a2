import type { MemberAnswer, NamesAnswer, RegistriesAnswer, RepairAnswer, TableAnswer } from "../../shared/answers.ts";
import type { AuditState, EventFrame, PageOwner } from "../../shared/page-events.ts";
import { Connection } from "./connection.ts";
import { ask, tell } from "./server.ts";
import { Store } from "./store.ts";
import { Stream } from "./stream.ts";

/** Milliseconds between two readings of what has changed. */
const REFRESH_MS = 1_000;

/** A member that is shown, and what its repair has sent. */
export interface ShownMember {
  readonly member: MemberAnswer;
  readonly repair: RepairAnswer | null;
}

/** All that the page knows, and what its user can do. */
export class PageState {
  readonly table = new Store<TableAnswer | null>(null);
  readonly registries = new Store<RegistriesAnswer | null>(null);
  readonly selected = new Store<PageOwner | null>(null);
  readonly names = new Store<NamesAnswer | null>(null);
  readonly member = new Store<ShownMember | null>(null);
  readonly audit = new Store<AuditState>({ state: "none" });
  /** What went wrong last, and what to do. */
  readonly error = new Store<string | null>(null);
  readonly feed: { readonly stream: Stream; readonly connection: Connection; refresh: number | undefined };

  constructor() {
    const stream = new Stream();
    const connection = new Connection(
      (frame) => this.#take(frame),
      () => this.#attempt(() => this.#load()),
    );
    this.feed = { stream, connection, refresh: undefined };
  }

  start(): void {
    this.#attempt(() => this.#load());
    this.feed.connection.open();
  }

  select(owner: PageOwner): void {
    this.selected.value = owner;
    this.names.value = null;
    this.member.value = null;
    this.#attempt(() => this.#readNames());
  }

  openScope(owner: PageOwner): void {
    this.#attempt(async () => {
      await tell("/api/scope", owner);
      await this.#readRegistries();
      this.select(owner);
    });
  }

  openMember(name: string): void {
    const { selected } = this;
    if (selected.value === null) return;
    const query = { ...selected.value, name };
    this.#attempt(async () => {
      const member = await ask<MemberAnswer>("/api/member", query);
      this.member.value = { member, repair: null };
    });
  }

  repair({ registry, scope, name }: MemberAnswer): void {
    this.#attempt(async () => {
      const repair = await tell<RepairAnswer>("/api/repair", { registry, scope, name });
      this.member.value = { member: repair.member, repair };
      await this.#refresh();
    });
  }

  introduceDrift(id: string): void {
    this.#attempt(() => tell("/api/drift", { ...this.selected.value, id }));
  }

  startAudit(): void {
    this.#attempt(async () => this.#heardAudit(await tell<AuditState>("/api/audit")));
  }

  cancelAudit(): void {
    this.#attempt(async () => this.#heardAudit(await tell<AuditState>("/api/audit/cancel")));
  }

  /** Reads once more what the page shows. */
  reload(): void {
    this.#attempt(() => this.#refresh());
  }

  async #load(): Promise<void> {
    this.table.value = await ask<TableAnswer>("/api/table");
    document.title = `${this.table.value.tableName} – Rollcall`;
    await this.#readRegistries();
    const first = this.registries.value?.registries[0];
    if (this.selected.value === null && first !== undefined) {
      this.selected.value = { registry: first.registry, scope: first.scope };
    }
    await this.#readNames();
  }

  async #refresh(): Promise<void> {
    await this.#readRegistries();
    await this.#readNames();
    const shown = this.member.value;
    if (shown === null) return;
    const { registry, scope, name } = shown.member;
    const member = await ask<MemberAnswer>("/api/member", { registry, scope, name });
    if (this.member.value === shown) this.member.value = { ...shown, member };
  }

  async #readRegistries(): Promise<void> {
    const answer = await ask<RegistriesAnswer>("/api/registries");
    this.registries.value = answer;
    this.#heardAudit(answer.audit);
  }

  async #readNames(): Promise<void> {
    const owner = this.selected.value;
    if (owner === null) return;
    const answer = await ask<NamesAnswer>("/api/names", { ...owner });
    if (this.selected.value === owner) this.names.value = answer;
  }

  #take(frame: EventFrame): void {
    this.feed.stream.take(frame);
    let isOld = false;
    for (const { event } of frame.events) {
      if (event.kind === "audit") this.#heardAudit(event.audit);
      if (event.kind === "batch" || (event.kind === "audit" && event.audit.state === "done")) isOld = true;
    }
    if (isOld) this.#refreshSoon();
  }

  /** Batches come faster than anything could be read: so often is enough. */
  #refreshSoon(): void {
    this.feed.refresh ??= window.setTimeout(() => {
      this.#attempt(async () => {
        try {
          await this.#refresh();
        } finally {
          this.feed.refresh = undefined;
        }
      });
    }, REFRESH_MS);
  }

  #heardAudit(audit: AuditState): void {
    this.audit.value = audit;
  }

  /** What fails is shown, until something is done that does not. */
  #attempt(work: () => Promise<unknown>): void {
    work().then(
      () => {
        this.error.value = null;
      },
      (error: unknown) => {
        if (this.feed.connection.state.value.state === "lost") return; // which the page says already
        this.error.value = error instanceof TypeError ? null : (error as Error).message;
      },
    );
  }
}
