import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";

export type { Browser, BrowserContextOptions, Page as Tab } from "playwright-core";

/** What installs the browser where there is none. */
export const INSTALL_BROWSER = "npm run browser";

const PACKAGE = path.join(
  import.meta.dirname,
  "../../../../scripts/browser/node_modules/@sparticuz/chromium/build/index.js",
);

/** What of the browser's package is used. Its types are installed with it. */
interface ChromiumPackage {
  default: { executablePath(): Promise<string>; setGraphicsMode: boolean };
}

/** Whether a browser is here: the one that `ROLLCALL_BROWSER` names, or that of {@link INSTALL_BROWSER}. */
export function hasBrowser(): boolean {
  return existsSync(process.env.ROLLCALL_BROWSER || PACKAGE);
}

/** Starts the browser that is here. Not with its package's own arguments: they are for Lambda, and switch its security off. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await findExecutable(), args: ["--no-sandbox", "--disable-gpu"] });
}

async function findExecutable(): Promise<string> {
  if (process.env.ROLLCALL_BROWSER) return process.env.ROLLCALL_BROWSER;
  const { default: packaged } = (await import(pathToFileURL(PACKAGE).href)) as ChromiumPackage;
  packaged.setGraphicsMode = false;
  return await packaged.executablePath();
}

/** A browser that runs while a suite's tests run. */
export interface BrowserContext {
  readonly browser: Browser;
}

/** Declares a suite that needs a browser. Without one its name says what installs it, and CI installs it before. */
export function describeInBrowser(title: string, suite: (context: BrowserContext) => void): void {
  const isSkipped = !hasBrowser() && !process.env.CI;
  const name = isSkipped ? `${title} [skipped: there is no browser; install one with ${INSTALL_BROWSER}]` : title;
  describe.skipIf(isSkipped)(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser?.close());
    suite({
      get browser() {
        if (browser === undefined)
          throw new Error("The browser runs only while tests run: use it in a test or a hook.");
        return browser;
      },
    });
  });
}
