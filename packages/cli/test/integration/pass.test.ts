import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { takeLock } from "@rollcall/local/internal";
import { createSweepHandler } from "@rollcall/maintainer";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import {
  createQuietTable,
  defaultItem,
  fillWithDrift,
  readDrift,
  registryItem,
} from "@rollcall/testing/rollcall/drifted-table";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveTarget } from "../../src/connection/target.ts";
import { defaultCursorPath } from "../../src/pass/cursor-file.ts";
import { type Run, rollcall, Sink, type World } from "../fixtures/run-cli.ts";
import { finished, pipeRollcall, spawnRollcall } from "../fixtures/spawn-cli.ts";
import { countRequests } from "./apply-requests.ts";

const UTF8 = "utf8";

/** A cursor of a pass that has begun, over another table. */
const CURSOR = {
  version: 1,
  tableName: "other",
  scope: { namespace: null },
  segments: [{ done: true }, { done: false }],
  suspects: [],
  registries: [],
  itemsScanned: 10,
  scanReadUnits: 1,
  pages: 1,
};

describeEachEngine("rollcall registry", (context) => {
  let table: string;
  let state: string;

  beforeEach(async () => {
    table = await createQuietTable(context);
    state = await mkdtemp(path.join(tmpdir(), "rollcall-test-"));
  });
  afterEach(() => rm(state, { recursive: true }));

  const run = (line: string, world: World = {}): Promise<Run> =>
    rollcall(line.split(" "), {
      ...world,
      env: { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint, XDG_STATE_HOME: state, ...world.env },
    });
  const put = (...items: ReturnType<typeof defaultItem>[]) => putAll(context.client, table, items);
  const cursorFiles = () => readdir(path.join(state, "rollcall"));

  it("audit tells what differs, and exits with 3", async () => {
    await put(
      defaultItem("gpt-4", undefined),
      defaultItem("a\nb", undefined),
      registryItem(["old", "gpt-4"], undefined),
    );
    expect(await run("registry audit")).toEqual({
      exitCode: 3,
      stdout: [
        `table ${table}: 2 defaults, 2 registered; 1 missing, 1 orphaned`,
        '  missing    "a\\nb"',
        "  orphaned   old\n",
      ].join("\n"),
      stderr: `Repair the drift with: rollcall registry repair --table ${table}\n`,
    });
    const { exitCode, stdout, stderr } = await run("registry audit --json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      registered: 2,
      defaults: 2,
      missing: ["a\nb"],
      orphaned: ["old"],
      malformed: 0,
    });
    expect(await cursorFiles()).toEqual([]);
  });

  it("audit says what old and malformed items mean", async () => {
    await put(
      { PK: { S: "RESOURCE#gpt-4" }, SK: { S: "#LIMIT#rpm" } },
      defaultItem("", undefined),
      defaultItem("a", undefined),
      registryItem(["a"], undefined),
    );
    const { exitCode, stdout, stderr } = await run("registry audit");
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `table ${table}: 1 default, 1 registered; no drift\n`,
    });
    expect(stderr).toMatch(/1 empty name met and passed over.*\n.*1 limit kept as one item each/);
  });

  it.each(["repair", "backfill"])("%s makes the registry right, after showing how", async (verb) => {
    await put(defaultItem("a", undefined), defaultItem("b", "t1"), registryItem(["old"], undefined));
    const planned = await run(`registry ${verb} --dry-run --json`);
    expect(JSON.parse(planned.stdout)).toEqual({ added: ["a"], removed: ["old"], unrepaired: [] });
    expect(await run(`registry ${verb} --dry-run`)).toMatchObject({
      exitCode: 0,
      stdout: `table ${table}: would add 1 name, would remove 1\n  would add      a\n  would remove   old\n`,
    });
    expect((await run("registry audit")).exitCode).toBe(3);

    const repaired = await run(`registry ${verb} --json`);
    expect({ ...repaired, stdout: JSON.parse(repaired.stdout) }).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: { added: ["a"], removed: ["old"], unrepaired: [] },
    });
    expect((await run("registry audit")).exitCode).toBe(0);
    expect(await run(`registry ${verb}`)).toMatchObject({ stdout: `table ${table}: nothing to repair\n` });

    const all = await run(`registry ${verb} --all-namespaces --json`, { env: { ROLLCALL_NAMESPACE: "t2" } });
    expect(JSON.parse(all.stdout)).toEqual({
      namespaces: [
        { namespace: null, added: [], removed: [], unrepaired: [] },
        { namespace: "t1", added: ["b"], removed: [], unrepaired: [] },
      ],
    });
  });

  it("repair lists what it could not repair, does the rest, and exits with 1", async () => {
    await put(
      { ...registryItem([], "t1"), resources: { S: "x" } },
      defaultItem("b", "t1"),
      defaultItem("a", undefined),
    );
    const { exitCode, stdout, stderr } = await run("registry repair --all-namespaces --json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      namespaces: [
        { namespace: null, added: ["a"], removed: [], unrepaired: [] },
        { namespace: "t1", added: [], removed: [], unrepaired: ["b"] },
      ],
    });
    expect(stderr).toMatch(
      /^Error: 1 name could not be repaired, all else is done; the first: .*not a string set.*\n$/,
    );
  });

  it("repair says in one line that a registry is no string set, and --rebuild replaces it by the truth", async () => {
    await put(
      { ...registryItem([], "t1"), resources: { M: {} } }, // as an editor of items saves a set
      defaultItem("b", "t1"),
      defaultItem("a", "t1"),
      defaultItem("other", undefined),
    );
    for (const which of ["--namespace t1", "--all-namespaces"]) {
      const ruined = await run(`registry repair ${which}`);
      expect(ruined.exitCode).toBe(1);
      expect(ruined.stderr).toContain(
        `The registry of namespace t1 of table ${table} is no string set; rebuild it: ` +
          `rollcall registry repair --table ${table} --namespace t1 --rebuild\n`,
      );
    }

    const rebuilt = await run("registry repair --namespace t1 --rebuild");
    expect(rebuilt).toEqual({
      exitCode: 0,
      stdout: `namespace t1 of table ${table}: nothing to repair\n`,
      stderr: `Rebuilt the registry of namespace t1 of table ${table}: it lists 2 names.\n`,
    });
    expect(await run("resource list --namespace t1")).toMatchObject({ stdout: "a\nb\n" });
    const { stdout } = await run("registry repair --namespace t1 --rebuild --json");
    expect(JSON.parse(stdout)).toEqual({ added: [], removed: [], unrepaired: [], rebuilt: false });
    expect(await run("registry repair --all-namespaces --rebuild")).toMatchObject({ exitCode: 2 });
    expect(await run("registry repair --dry-run --rebuild")).toMatchObject({ exitCode: 2 });
  });

  it("stops on Ctrl-C with 130 and resumes from its cursor", async () => {
    await fillWithDrift(context.client, table, { items: 1_500, defaults: 400, missing: 40, orphaned: 40 });
    const interrupted = new AbortController();
    const stderr = new Sink((text) => {
      if (text.includes(" read")) interrupted.abort();
    });
    const stopped = await run("registry repair --all-namespaces --max-rcu 8", {
      signal: interrupted.signal,
      typed: "",
      stderr,
    });
    expect(stopped).toMatchObject({ exitCode: 130, stdout: "" });
    expect(stderr.text).toMatch(/\d+%, [\d,]+ of about 1,5\d\d items read, [\d,]+ items?\/s, \d+ read units?\/s/);
    expect(stopped.stderr).toContain(
      `To resume where it stopped: rollcall registry repair --table ${table} --all-namespaces --max-rcu 8 --resume\n`,
    );
    const [cursor = ""] = await cursorFiles();
    const saved = JSON.parse(await readFile(path.join(state, "rollcall", cursor), UTF8));
    expect(saved.cursor.itemsScanned).toBeGreaterThan(0);

    expect(await run("registry repair --all-namespaces --resume")).toMatchObject({ exitCode: 0 });
    expect(await readDrift(context.client, table)).toEqual({ missing: [], orphaned: [] });
    expect(await cursorFiles()).toEqual([]);
  });

  it("prints plain lines of progress where there is no terminal", async () => {
    await fillWithDrift(context.client, table, { items: 1_500, defaults: 40, missing: 0, orphaned: 0 });
    const { stderr } = await run("registry audit --max-rcu 1 --json");
    expect(stderr).toMatch(/^(\d+%, [\d,]+ of about [\d,]+ items read, .*, \d+ (s|min) left\n)+$/);
  });

  it("says so when there is nothing to resume", async () => {
    const file = path.join(state, "cursor.json");
    const nothing = await run(`registry audit --resume --cursor ${file}`);
    expect(nothing).toMatchObject({
      exitCode: 1,
      stderr: `Error: There is nothing to resume: ${file} does not exist. Run it without --resume.\n`,
    });
    const other = { task: "audit", cursor: CURSOR, report: [] };
    await writeFile(file, JSON.stringify(other));
    expect((await run(`registry audit --resume --cursor ${file}`)).stderr).toMatch(/^Error: .*no unfinished audit of/);
    expect(JSON.parse(await readFile(file, UTF8))).toEqual(other);
  });

  it.each(["registry audit", "registry audit --resume", "registry repair"])(
    "%s refuses a file that holds something else, and leaves it",
    async (command) => {
      const file = path.join(state, "notes.txt");
      const damages = [{ segments: [null] }, { segments: [] }, { scanReadUnits: "1" }, { version: 2 }];
      const damaged = damages.map((parts) => ({ task: "audit", cursor: { ...CURSOR, ...parts }, report: [] }));
      const foreign = ["", "notes", "{", "{}", "null", '{"task":"audit"}'];
      for (const text of [...foreign, ...damaged.map((saved) => JSON.stringify(saved))]) {
        await writeFile(file, text);
        expect(await run(`${command} --cursor ${file}`)).toMatchObject({
          exitCode: 1,
          stdout: "",
          stderr: `Error: ${file} is no cursor file; it was left as it is. Move it away, or name another file with --cursor.\n`,
        });
        expect(await readFile(file, UTF8)).toBe(text);
      }
      expect(await readdir(state)).toEqual(["notes.txt"]);
    },
  );

  it.each(["directory", "named pipe", "symbolic link"])(
    "audit refuses a %s as cursor before it reads",
    async (kind) => {
      const file = path.join(state, "cursor.json");
      if (kind === "directory") await mkdir(file);
      else if (kind === "named pipe") execFileSync("mkfifo", [file]);
      else await symlink(path.join(state, "target"), file);
      const { exitCode, stderr } = await run(`registry audit --cursor ${file}`);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: `Error: ${file} is a ${kind}; it was left as it is. Move it away, or name another file with --cursor.\n`,
      });
      expect(await readdir(state)).toEqual(["cursor.json"]);
    },
  );

  it("audit does without a cursor where none can be kept at its own path; repair does not begin", async () => {
    await run("registry audit --table missing"); // makes the folder
    const target = resolveTarget({ table, endpointUrl: context.engine.endpoint }, {});
    const files = ["audit", "backfill"].map((task) =>
      defaultCursorPath(task, target, false, { XDG_STATE_HOME: state }),
    );
    for (const file of files) await writeFile(file, "another's");
    expect(await run("registry audit")).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(
        /^Note: this audit cannot be resumed\. .* is no cursor file; it was left as it is\./,
      ),
    });
    expect(await run("registry repair")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^Error: .* is no cursor file; it was left as it is\./),
    });
    for (const file of files) expect(await readFile(file, UTF8)).toBe("another's");
  });

  it("makes no folder for --cursor, and takes no empty name for one", async () => {
    const file = path.join(state, "folder", "cursor.json");
    expect(await run(`registry audit --cursor ${file}`)).toMatchObject({
      exitCode: 1,
      stderr: `Error: The cursor cannot be kept in ${file}: its folder does not exist. Name another file with --cursor.\n`,
    });
    expect(await readdir(state)).toEqual([]);
    expect(await run("registry audit --cursor ")).toMatchObject({ exitCode: 2 });
  });

  it("leaves no cursor, and advises no --resume, where nothing was read", async () => {
    const file = path.join(state, "cursor.json");
    const { exitCode, stderr } = await run(`registry audit --table missing --cursor ${file}`);
    expect(exitCode).toBe(1);
    expect(stderr).not.toContain("--resume");
    expect(await readdir(state)).toEqual([]);
  });

  it("four concurrent audits of one table all reach their report, and one keeps its cursor", async () => {
    await fillWithDrift(context.client, table, { items: 300, defaults: 100, missing: 20, orphaned: 20 });
    const audits = await Promise.all(Array.from({ length: 4 }, () => run("registry audit --all-namespaces")));
    for (const { exitCode, stdout } of audits) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: audits[0]?.stdout });
    }
    const notes = audits.filter(({ stderr }) =>
      stderr.includes("Note: this audit cannot be resumed. Another pass keeps"),
    );
    expect(notes).toHaveLength(3);
    expect(await cursorFiles()).toEqual([]);
  });

  it("repair does not begin while another keeps its cursor there", async () => {
    const file = path.join(state, "cursor.json");
    await takeLock(`${file}.lock`);
    await put(defaultItem("a", undefined));
    const { exitCode, stderr } = await run(`registry repair --cursor ${file}`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Error: Another pass keeps its cursor in .*\. Wait until it has ended, or name another file/,
    );
    expect(await readDrift(context.client, table)).toEqual({ missing: ["a"], orphaned: [] });
  });

  it("keeps the cursor of a table with the longest of names", async () => {
    const { exitCode, stderr } = await run(`registry audit --table ${"t".repeat(255)}`);
    expect(exitCode).toBe(1);
    expect(stderr).not.toContain("ENAMETOOLONG");
  });

  it("resumes after SIGKILL", async () => {
    await fillWithDrift(context.client, table, { items: 1_500, defaults: 400, missing: 120, orphaned: 40 });
    const cursor = path.join(state, "cursor.json");
    const words = ["--table", table, "--endpoint-url", context.engine.endpoint, "--all-namespaces", "--cursor", cursor];
    const child = spawnRollcall(["registry", "repair", ...words, "--max-rcu", "20"]);
    for (;;) {
      const saved = await readFile(cursor, UTF8).catch(() => undefined);
      if (saved !== undefined && JSON.parse(saved).cursor.itemsScanned > 0) break;
    }
    child.kill("SIGKILL");
    await finished(child);
    expect(await run(`registry repair ${words.join(" ")} --resume`)).toMatchObject({ exitCode: 0 });
    expect(await readDrift(context.client, table)).toEqual({ missing: [], orphaned: [] });
  });

  it("ends the same after 20 SIGKILLs at random moments, and reads little twice", {
    timeout: 180_000,
  }, async () => {
    const filler = { filler: { S: "x".repeat(4_000) } };
    const neighbours = Array.from({ length: 600 }, (_, i) => ({
      PK: { S: `ENTITY#${i}` },
      SK: { S: "#META" },
      ...filler,
    }));
    const listed = Array.from({ length: 40 }, (_, i) => `model-${i}`);
    await put(...neighbours, ...listed.slice(10).map((name) => defaultItem(name, undefined)));
    await put(registryItem(listed.slice(0, 30), undefined));
    let scanUnits = 0;
    await using endpoint = await countRequests(context.engine.endpoint, (operation, body) => {
      if (operation === "Scan") scanUnits += JSON.parse(body).ConsumedCapacity?.CapacityUnits ?? 0;
    });
    const cursor = path.join(state, "cursor.json");
    const words = ["--table", table, "--endpoint-url", endpoint.url, "--cursor", cursor];
    const pace = ["--max-rcu", "10", "--segments", "1"];
    await run(`registry audit --endpoint-url ${endpoint.url} --cursor ${cursor} --segments 1`);
    const fullPass = scanUnits;
    const largestPage = (0.5 * 10) / 4;
    scanUnits = 0;

    const resume = async () =>
      (await readFile(cursor, UTF8).catch(() => undefined)) === undefined ? [] : ["--resume"];
    let isDone = false; // at this pace a machine must be very slow for one of them to come to the end
    for (let kills = 0; kills < 20 && !isDone; kills++) {
      const child = spawnRollcall(["registry", "repair", ...words, ...pace, ...(await resume())]);
      const ended = finished(child);
      await Promise.race([ended, setTimeout(300 + Math.random() * 500)]);
      isDone = child.exitCode === 0;
      child.kill("SIGKILL");
      await ended;
    }
    const last = ["registry", "repair", ...words, ...(await resume())];
    if (!isDone) expect(await run(last.join(" "))).toMatchObject({ exitCode: 0 });
    expect(await readDrift(context.client, table)).toEqual({ missing: [], orphaned: [] });
    expect(scanUnits).toBeLessThanOrEqual(1.2 * fullPass + 20 * largestPage);
  });

  describe("status", () => {
    it("shows room, costs and the last sweep", async () => {
      await put(defaultItem("gpt-4", undefined), registryItem(["gpt-4"], undefined), defaultItem("b", undefined));
      const silent = () => {};
      const sweep = createSweepHandler({
        tableName: table,
        client: context.client,
        logger: { info: silent, warn: silent, error: silent } as never,
        metrics: { addMetric: silent, publishStoredMetrics: silent },
      });
      await sweep({}, { getRemainingTimeInMillis: () => 60_000 });
      const { stdout } = await run("registry status --consistent");
      expect(stdout).toMatch(/ {2}Room {15}about 136,\d{3} more names\n/);
      expect(stdout).toMatch(
        /Last sweep {9}ended \d+ s ago, found 1 missing and 0 orphaned in the table, all repaired/,
      );
      expect(JSON.parse((await run("registry status --json")).stdout)).toMatchObject({
        headroomNames: expect.any(Number),
        lastSweep: { missing: 1, orphaned: 0, repaired: 1, unrepaired: 0 },
      });
    });

    it("shows it until Ctrl-C", async () => {
      const stop = new AbortController();
      const stdout = Object.assign(
        new Sink((text) => {
          if (text.split("\n").length > 3) stop.abort();
        }),
        { columns: undefined },
      );
      const { exitCode } = await run("registry status --watch", { stdout, signal: stop.signal });
      expect(exitCode).toBe(130);
      expect(stdout.text).toMatch(/^(\S+Z {2}0 names {2}0 bytes {2}list 0.5 read units {2}set 4 write units .*\n){3}$/);
    });

    it("ends quietly when the reader of what it shows has gone", async () => {
      const words = ["registry", "status", "--watch", "--table", table, "--endpoint-url", context.engine.endpoint];
      const { stdout, stderr } = await pipeRollcall(words, "head -1");
      expect(stdout).toMatch(/^\S+Z {2}0 names {2}.*\n$/);
      expect(stderr).toBe("");
    });

    it.each([
      [80, 8],
      [60, 9], // one line is folded
    ])("draws over itself on a terminal of %i columns, in whole words", async (columns, rows) => {
      const stop = new AbortController();
      const stdout = Object.assign(
        new Sink((text) => {
          if (text.split("Registry of").length > 2) stop.abort();
        }),
        { columns },
      );
      await run("registry status --watch", { stdout, signal: stop.signal });
      const [first, second] = stdout.text.split(`\u001b[${rows}A\u001b[J`);
      expect(second).toBe(first);
      expect(first?.replaceAll(/\s+/g, " ")).toContain("4 write units; 2.02 units where many are written together");
      expect(first?.split("\n").filter((line) => line.length > columns)).toEqual([]);
    });
  });
});
