import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describeInBrowser, type Tab } from "@rollcall/testing/browser/browser";
import { describeEachEngineName } from "@rollcall/testing/dynamodb/engines";
import { afterEach, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** `rollcall dev` in a process of its own. */
class Loop {
  readonly url: Promise<string>;
  readonly #process: ChildProcess;

  constructor(...args: string[]) {
    this.#process = spawn(process.execPath, ["--conditions=@rollcall/source", MAIN, "dev", "--json", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    this.url = once(lines, "line").then(([line]) => (JSON.parse(line) as { ui: string }).ui);
  }

  /** Ends it as Ctrl-C does, and says after how many milliseconds. */
  async end(): Promise<number> {
    if (this.#process.exitCode !== null) return 0;
    const startedAt = performance.now();
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGINT");
    await exit;
    return performance.now() - startedAt;
  }
}

const loops: Loop[] = [];
const start = (...args: string[]): Loop => {
  const loop = new Loop(...args);
  loops.push(loop);
  return loop;
};
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.end();
});

describeInBrowser("the page of rollcall dev", (context) => {
  describeEachEngineName("on its engine", (engine) => {
    it("makes every kind of drift by its button, shows it heal, and an audit finds nothing afterwards", async () => {
      const loop = start("--engine", engine, "--port", String(await freePort()), "--ui-port", String(await freePort()));
      const tab = await context.browser.newPage();
      await tab.goto(await loop.url);
      await tab.getByText("Nothing is listed yet. Press a button").waitFor();
      const buttons = tab.locator(".drifts button");
      const labels = await buttons.allInnerTexts();
      expect(labels).toHaveLength(13);
      for (const [index, label] of labels.entries()) {
        if (await buttons.nth(index).isDisabled()) {
          expect(label).toBe("Item expires");
          await tab.getByText(`Item expires: ${engine} does not delete`).waitFor();
          continue;
        }
        await breakAndHeal(tab, label);
      }
      await tab.getByRole("button", { name: "Audit" }).click();
      await tab.getByText(/Last audit today, .*: no drift/).waitFor();
      await tab.close();
    });
  });

  it("reconnects after the loop restarts, tells what it missed, and works as before; Ctrl-C ends it within seconds", async () => {
    const ports = ["--engine", "memory", "--port", String(await freePort()), "--ui-port", String(await freePort())];
    const first = start(...ports);
    const tab = await context.browser.newPage();
    await tab.goto(await first.url);
    await breakAndHeal(tab, "Put, not listed");
    expect(await first.end()).toBeLessThan(2_000 * 3);
    await tab.getByText("The server has gone.").waitFor();
    await start(...ports).url;
    await tab.getByText(/^Restarted after \d+ s away: 0 batches since its start\./).waitFor();
    await tab.getByText("Nothing is listed yet.").waitFor(); // the table was in memory
    await breakAndHeal(tab, "Registry removed");
    await tab.close();
  });
});

/** Breaks the registry and waits until its repair is shown. */
async function breakAndHeal(tab: Tab, label: string): Promise<void> {
  await tab.getByRole("button", { name: "Clear" }).click();
  await tab.getByRole("button", { name: label, exact: true }).click();
  await tab.locator(".event.broken").first().waitFor();
  await tab.locator(".event.healed").getByText("healed in").first().waitFor();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
