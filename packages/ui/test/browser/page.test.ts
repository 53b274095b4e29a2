import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import {
  type Browser,
  type BrowserContextOptions,
  describeInBrowser,
  type Tab,
} from "@rollcall/testing/browser/browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PageFixture } from "../fixtures/page-fixture.ts";

const MARKUP = `<img src=x onerror="document.title='hit'"> & "quotes"`;
/** What a figure may be on a machine that does other work besides. */
const LOAD_FACTOR = 3;
interface Shift {
  readonly value: number;
  readonly sources: readonly { readonly node: unknown }[];
}

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

describeInBrowser("the page in a browser", (context) => {
  let fixture: PageFixture;

  beforeAll(async () => {
    fixture = await PageFixture.start();
    const names = Array.from({ length: 100_000 }, (_, i) => `n${String(i).padStart(6, "0")}`);
    await fixture.listTenants([...names, MARKUP]);
    for (const name of ["n000001", MARKUP]) await fixture.putTenant(name);
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const open = (options: BrowserContextOptions = {}) => openTab(context.browser, fixture, options);

  const measureLoad = async () => {
    await using tab = await open();
    return await tab.evaluate(() => ({
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.POSITIVE_INFINITY,
      bytes: (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
        .filter(({ name }) => name.endsWith(".js"))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    }));
  };

  it("paints first within 300 ms, and its JavaScript is at most 100 KB over the wire", async () => {
    const loads = [await measureLoad(), await measureLoad(), await measureLoad()];
    const least = Math.min(...loads.map(({ paint }) => paint)); // what comes on top is the machine's
    const { bytes = 0 } = loads[0] ?? {};
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThanOrEqual(100 * 1_024);
    expect(least).toBeLessThan(300 * LOAD_FACTOR);
  });

  it("searches 100,000 names as they are typed, and draws only those that are seen", async () => {
    await using tab = await open();
    await openTenants(tab);
    await tab.keyboard.press("/");
    const longest = await tab.evaluate(() => {
      const state = window as unknown as { longest: number };
      state.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) state.longest = Math.max(state.longest, duration);
      }).observe({ type: "longtask" });
      return state.longest;
    });
    expect(longest).toBe(0);
    for (const key of "N09999") {
      await tab.keyboard.press(key);
      await tab.evaluate(() => new Promise(requestAnimationFrame));
    }
    await tab.getByText("10 of 100,001").waitFor();
    expect(await tab.evaluate(() => (window as unknown as { longest: number }).longest)).toBeLessThan(
      100 * LOAD_FACTOR,
    );
    await tab.locator("#search").fill("");
    await tab.getByText("100,001 names").waitFor();
    expect(await tab.locator("#names .row").count()).toBeLessThan(80);
    await tab.locator("#names").focus();
    await tab.keyboard.press("End");
    await tab.getByRole("option", { name: "n099999" }).waitFor();
  });

  it("is used by keyboard alone: search, choose, read the item in three forms, close", async () => {
    await using tab = await open();
    await openTenants(tab);
    await tab.keyboard.press("/");
    await tab.keyboard.type("n00000");
    await tab.getByText("10 of").waitFor();
    await tab.keyboard.press("ArrowDown");
    await tab.keyboard.press("ArrowDown");
    await tab.keyboard.press("Enter");
    await tab.getByRole("heading", { name: "n000001" }).waitFor();
    await tab.getByText("item exists").waitFor();
    for (let i = 0; i < 3; i++) await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    const text = await tab.locator(".item pre").textContent();
    expect(JSON.parse(text ?? "")).toMatchObject({ tags: { SS: ["a", "b"] } });
    await tab.keyboard.press("Escape");
    await tab.getByText("Choose a name to see its item").waitFor();
  });

  it("shows names that look like markup as text", async () => {
    await using tab = await open();
    await openTenants(tab);
    await tab.locator("#search").fill("<img");
    await tab.locator("#names .row").first().click();
    await tab.getByRole("heading", { name: MARKUP }).waitFor();
    expect(await tab.locator("img").count()).toBe(0);
    expect(await tab.title()).not.toBe("hit");
  });

  it("takes 2,000 records a second without falling behind, growing, or moving what is there", async () => {
    await using tab = await open();
    await openTenants(tab);
    await tab.evaluate(() => {
      const state = window as unknown as { shifted: string[] };
      state.shifted = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as Shift[]) {
          for (const { node } of entry.sources)
            state.shifted.push(`${entry.value} ${(node as Node | null)?.textContent}`);
        }
      }).observe({ type: "layout-shift" });
    });
    const sizes: number[] = [];
    for (let second = 1; second <= 4; second++) {
      const until = performance.now() + 1_000;
      for (let i = 0; i < 20; i++) {
        for (let j = 0; j < 100; j++) tellBatch(fixture, `s${second}-${i}-${j}`);
        await new Promise((resolve) =>
          setTimeout(resolve, Math.max(0, until - 1_000 + (i + 1) * 50 - performance.now())),
        );
      }
      await tab.getByText(`+s${second}-19-99`).first().waitFor({ timeout: 5_000 });
      sizes.push(await tab.evaluate(() => document.querySelectorAll("*").length));
    }
    await tab.getByText("500 rows").waitFor();
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(60);
    expect(await tab.evaluate(() => (window as unknown as { shifted: string[] }).shifted)).toEqual([]);
    await tab.getByRole("button", { name: "Pause" }).click();
    tellBatch(fixture, "while-paused");
    await tab.getByText("1 held").waitFor();
    expect(await tab.getByText("+while-paused").count()).toBe(0);
    await tab.getByRole("button", { name: "Resume" }).click();
    await tab.getByText("+while-paused").first().waitFor();
    await tab.getByRole("button", { name: "Clear" }).click();
    await tab.getByText("0 rows").waitFor();
  });

  it.each([
    ["light", 360, 740],
    ["dark", 1280, 800],
    ["light", 3840, 2160],
  ] as const)(
    "has nothing that axe finds, %s at %d × %d, and is no wider than its window",
    async (colorScheme, width, height) => {
      await using tab = await open({ colorScheme, viewport: { width, height }, bypassCSP: true });
      await openTenants(tab);
      tellBatch(fixture, "for-axe");
      await tab.locator("#rows .row").first().click();
      await tab.locator("#search").fill("n000001");
      await tab.locator("#names .row").first().click();
      await tab.getByText("item exists").waitFor();
      await tab.evaluate(AXE);
      const violations = await tab.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        return (await axe.run()).violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
        );
      });
      expect(violations).toEqual([]);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    },
  );

  it("is not written to by a page of another origin", async () => {
    await using foreign = await foreignPage(fixture.page.url);
    const tab = await context.browser.newPage();
    await tab.goto(foreign.url);
    const answers = await tab.evaluate(async (url) => {
      const ask = (init: RequestInit) =>
        fetch(`${url}api/drift`, init).then(
          () => "read",
          () => "refused",
        );
      const body = JSON.stringify({ registry: "tenants", scope: null, id: "0" });
      return [
        await ask({ method: "POST", body }),
        await ask({ method: "POST", body, mode: "no-cors" }),
        await fetch(`${url}api/names?registry=tenants`).then(
          () => "read",
          () => "refused",
        ),
        await new Promise((resolve) => {
          const source = new EventSource(`${url}api/events`);
          source.onmessage = () => resolve("read");
          source.onerror = () => resolve("refused");
        }),
      ];
    }, fixture.page.url);
    await tab.close();
    expect(answers).toEqual(["refused", "refused", "refused", "refused"]);
    await using own = await open();
    await openTenants(own);
    await own.locator("#search").fill("demo-");
    await own.getByText("No name has").waitFor();
  });
});

describeInBrowser("an audit from the page", (context) => {
  it("audits, marks what is wrong, repairs it by the real transaction and shows that", async () => {
    await using fixture = await PageFixture.start();
    await fixture.listTenants(["a", "b", "c"]);
    for (const name of ["a", "stray"]) await fixture.putTenant(name);
    await using tab = await openTab(context.browser, fixture);
    await openTenants(tab);
    await tab.getByRole("button", { name: "Audit" }).click();
    await tab.getByText(/Last audit today, .*: 1 missing, 2 orphaned/).waitFor();
    await tab.locator("#search").fill("stray");
    await tab.getByRole("option", { name: /stray.*missing/ }).click();
    await tab.getByText("Missing: the item exists").waitFor();
    await tab.getByRole("button", { name: "Repair" }).click();
    await tab.getByText("Repaired: the registry lists it now.").waitFor();
    const sent = await tab.locator(".repair pre").textContent();
    expect(sent).toContain("TransactWriteItems");
    expect(sent).toContain("attribute_exists(#pk)");
    await expect.poll(() => tab.locator("#names .badge").count()).toBe(0);
  });

  it("repairs nothing where the page only reads, and says what allows it", async () => {
    await using fixture = await PageFixture.start({ isWritable: false, isLive: false });
    await fixture.listTenants(["orphan"]);
    await using tab = await openTab(context.browser, fixture);
    await openTenants(tab);
    await tab.getByRole("option", { name: "orphan" }).click();
    await tab.getByText("Orphaned: listed, and there is no item.").waitFor();
    await tab.getByText("Start this page with --write").waitFor();
    expect(await tab.getByRole("button", { name: "Repair" }).count()).toBe(0);
    expect(await tab.getByText("Break it").count()).toBe(0);
  });
});

/** A tab with the page, which must not fail in any way. */
async function openTab(
  browser: Browser,
  { page }: PageFixture,
  options: BrowserContextOptions = {},
): Promise<Tab & AsyncDisposable> {
  const tab = await browser.newPage(options);
  const problems: string[] = [];
  tab.on("pageerror", ({ message }) => problems.push(message));
  tab.on("console", (line) => line.type() === "error" && problems.push(line.text()));
  await tab.goto(page.url);
  await tab.getByRole("button", { name: /^tenants/ }).waitFor();
  return Object.assign(tab, {
    async [Symbol.asyncDispose]() {
      await tab.close();
      expect(problems).toEqual([]);
    },
  });
}

async function openTenants(tab: Tab): Promise<void> {
  await tab.getByRole("button", { name: /^tenants/ }).click();
  await tab.locator("#names .row").first().waitFor();
}

/** A batch that repaired one name. */
function tellBatch({ page }: PageFixture, name: string): void {
  const owner = { registry: "tenants", scope: undefined };
  page.tell({ event: "received", oldestAt: Date.now() });
  page.tell({ event: "suspected", names: 1, ...owner });
  page.tell({ event: "repair", added: [name], removed: [], dropped: [], unrepaired: [], ...owner });
  page.tell({ event: "batch", records: 1, events: { INSERT: 1 }, outcome: { kind: "succeeded", durationMs: 3 } });
}

/** A page of another origin. */
async function foreignPage(own: string): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((_, response) => void response.end(`<p>not ${own}</p>`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
