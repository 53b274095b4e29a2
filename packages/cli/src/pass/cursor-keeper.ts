import type { SavedPass } from "@rollcall/maintainer";
import type { Choice } from "../config/choose-registries.ts";
import type { Target } from "../connection/target.ts";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import { oneLine } from "../terminal/printable.ts";
import type { Printer } from "../terminal/printer.ts";
import { CursorFile, CursorNotKeptError, defaultCursorPath, makeStateFolder } from "./cursor-file.ts";
import type { PassCommandOptions } from "./pass-options.ts";

/**
 * Keeps the cursor of one pass. An audit whose cursor cannot be kept says so once and continues, for it can be run
 * again; a pass that writes does not begin without one.
 */
export class CursorKeeper implements AsyncDisposable {
  readonly #task: SavedPass["task"];
  readonly #printer: Printer;
  #file: CursorFile | undefined;

  private constructor(task: SavedPass["task"], printer: Printer) {
    this.#task = task;
    this.#printer = printer;
  }

  /** @throws CommandError when the cursor cannot be kept where the options or the defaults say */
  static async open(
    task: SavedPass["task"],
    target: Target,
    { options, choice }: { options: PassCommandOptions; choice: Choice },
    { env, clock }: Io,
    printer: Printer,
  ): Promise<CursorKeeper> {
    const keeper = new CursorKeeper(task, printer);
    const resume = options.resume === true;
    const file = options.cursor ?? cursorPathOf(task, target, choice, env);
    try {
      if (options.cursor === undefined) await makeStateFolder(file);
      keeper.#file = await CursorFile.open(file, resume, clock);
    } catch (error) {
      if (resume) throw error;
      // a file that no option names is nothing for the user to know of, unless it is to be resumed
      await keeper.#doWithout(error, options.cursor === undefined ? CommandError : CursorNotKeptError);
    }
    return keeper;
  }

  /** What an interrupted pass left, if it is to be resumed. */
  get saved(): SavedPass | undefined {
    return this.#file?.saved;
  }

  /** Whether a pass that ends now can be resumed. */
  get isResumable(): boolean {
    return this.#file?.isResumable ?? false;
  }

  /** Where the cursor is, for messages. */
  get path(): string {
    return this.#file?.path ?? "";
  }

  /** Keeps what a pass has come to. */
  async save(saved: SavedPass): Promise<void> {
    await this.#orWithout((file) => file.save(saved));
  }

  /** Writes what is kept and not yet written: the pass has ended early. */
  async flush(): Promise<void> {
    await this.#orWithout((file) => file.flush());
  }

  async #orWithout(write: (file: CursorFile) => Promise<void>): Promise<void> {
    try {
      if (this.#file !== undefined) await write(this.#file);
    } catch (error) {
      const file = this.#file;
      await this.#doWithout(error, CursorNotKeptError);
      this.#file = undefined;
      await file?.[Symbol.asyncDispose]();
    }
  }

  /** The pass is complete: nothing is left to resume. */
  async remove(): Promise<void> {
    await this.#file?.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.[Symbol.asyncDispose]();
  }

  /** Says that there will be no cursor, where the task can do without. */
  async #doWithout(error: unknown, ofKind: new (...args: never[]) => CommandError): Promise<void> {
    if (this.#task !== "audit" || !(error instanceof ofKind)) throw error;
    await this.#printer.note(`Note: this audit cannot be resumed. ${oneLine(error.message)}`);
  }
}

function cursorPathOf(task: SavedPass["task"], target: Target, choice: Choice, env: Io["env"]): string {
  const { scope, allScopes, isResources, definitions } = choice;
  const names = isResources ? [] : definitions.map(({ name }) => name);
  return defaultCursorPath(task, { ...target, namespace: scope }, allScopes, env, names);
}
