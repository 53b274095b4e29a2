/** Takes the pictures of the page that the README shows: `rollcall dev` after drift that was healed, in light and in dark. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ResourceRegistry } from "@rollcall/registry";
import { launchBrowser, type Tab } from "@rollcall/testing/browser/browser";
import { ROOT } from "./published-packages.ts";

const FOLDER = path.join(ROOT, "docs/images");
const SIZE = { width: 1_280, height: 800 };
const MAX_BYTES = 150_000;
/** What is listed before something is broken. */
const NAMES = [
  "claude-haiku",
  "claude-opus",
  "claude-sonnet",
  "gpt-4",
  "gpt-4-turbo",
  "llama-3.1-70b",
  "mistral-large",
];
/** Buttons of the page, in the order in which they are pressed. */
const DRIFTS = ["Put, not listed", "Set, killed halfway", "Registry removed", "Names added by hand"];

const loop = spawn(
  process.execPath,
  ["--conditions=@rollcall/source", path.join(ROOT, "packages/cli/src/main.ts"), "dev", "--json", "--engine", "memory"],
  { stdio: ["ignore", "pipe", "inherit"] },
);
const browser = await launchBrowser();
try {
  const [line] = (await once(createInterface({ input: loop.stdout }), "line")) as [string];
  const { endpoint, table: tableName, ui } = JSON.parse(line) as { endpoint: string; table: string; ui: string };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint, region: "eu-central-1", credentials });
  const registry = new ResourceRegistry({ tableName, client });
  await Promise.all(NAMES.map((name) => registry.setResourceDefaults(name, [{ name: "rpm", capacity: 500 }])));
  await registry.close();
  client.destroy();
  mkdirSync(FOLDER, { recursive: true });
  const tab = await browser.newPage({ viewport: SIZE });
  await tab.goto(ui);
  for (const label of DRIFTS) await breakAndHeal(tab, label);
  await tab.getByText("gpt-4", { exact: true }).click();
  await tab.getByText("RESOURCE#gpt-4").first().waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await tab.emulateMedia({ colorScheme });
    const file = path.join(FOLDER, `page-${colorScheme}.png`);
    await tab.screenshot({ path: file });
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw new Error(`${file} has ${size} bytes: more than ${MAX_BYTES}.`);
    process.stdout.write(`${path.relative(ROOT, file)}: ${size} bytes\n`);
  }
} finally {
  await browser.close();
  loop.kill("SIGINT");
}

async function breakAndHeal(tab: Tab, label: string): Promise<void> {
  const healed = tab.locator(".event.healed").getByText("healed in");
  const before = await healed.count();
  await tab.getByRole("button", { name: label, exact: true }).click();
  await healed.nth(before).waitFor();
}
