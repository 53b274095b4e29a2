import type { Pattern, Placeholder } from "./template.ts";

/** Text that a scope cannot hold, or its key would not read back. */
export interface ScopeRule {
  readonly avoids: string;
  /** Whether the text also must not begin in the scope and end in the literal behind it. */
  readonly endsThere: boolean;
}

/** One step of a pattern: a character, or any number of characters. */
type Step =
  | { readonly char: string }
  | { readonly digits: boolean; readonly isOptional: boolean; readonly rule: ScopeRule | undefined };

/** A place in a pattern: which step, how much of the text to avoid was just read, and whether anything was. */
interface Place {
  readonly step: number;
  readonly read: number;
  readonly isEmpty: boolean;
}

const DIGITS = "0123456789";

/**
 * Whether some text matches both patterns. Exact: it walks both at the same time, over every pair of places that a
 * common text can reach, and a character that neither names stands for all others.
 *
 * @param rule what the scope of `a` cannot hold
 */
export function haveCommonText(a: Pattern, b: Pattern, rule?: ScopeRule): boolean {
  const [left, right] = [stepsOf(a, rule), stepsOf(b)];
  const alphabet = new Set([...a.literals, ...b.literals, rule?.avoids ?? "", DIGITS].join("").split(""));
  alphabet.add(unusedCharacter(alphabet));
  const seen = new Set<string>();
  const open: [Place, Place][] = [[start(0), start(0)]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    for (const l of reachable(left, pair[0])) {
      for (const r of reachable(right, pair[1])) {
        if (l.step === left.length && r.step === right.length) return true;
        for (const char of alphabet) {
          const [nextLeft, nextRight] = [advance(left, l, char), advance(right, r, char)];
          if (nextLeft === undefined || nextRight === undefined) continue;
          const id = [nextLeft, nextRight].map(({ step, read, isEmpty }) => `${step}:${read}:${isEmpty}`).join();
          if (seen.has(id)) continue;
          seen.add(id);
          open.push([nextLeft, nextRight]);
        }
      }
    }
  }
  return false;
}

/** A character that stands for all that the given ones are not. */
export function unusedCharacter(used: ReadonlySet<string>): string {
  let code = "a".charCodeAt(0);
  while (used.has(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

function stepsOf({ literals, placeholders }: Pattern, rule?: ScopeRule): Step[] {
  const open = (name: Placeholder): Step => ({
    digits: name === "shard",
    isOptional: name === "member",
    rule: name === "scope" ? rule : undefined,
  });
  return literals.flatMap((literal, i) => {
    const name = placeholders[i];
    return [...literal.split("").map((char): Step => ({ char })), ...(name === undefined ? [] : [open(name)])];
  });
}

function start(step: number): Place {
  return { step, read: 0, isEmpty: true };
}

/** The place itself and those to which it leads without a character: open steps may end. */
function reachable(steps: readonly Step[], place: Place): Place[] {
  const step = steps[place.step];
  if (step === undefined || "char" in step) return [place];
  const mayEnd = (step.isOptional || !place.isEmpty) && (step.rule === undefined || mayEndScope(step.rule, place.read));
  return mayEnd ? [place, ...reachable(steps, start(place.step + 1))] : [place];
}

function advance(steps: readonly Step[], place: Place, char: string): Place | undefined {
  const step = steps[place.step];
  if (step === undefined) return undefined;
  if ("char" in step) return step.char === char ? start(place.step + 1) : undefined;
  if (step.digits && !DIGITS.includes(char)) return undefined;
  if (step.rule === undefined) return { ...place, isEmpty: false };
  const read = readFurther(step.rule.avoids, place.read, char);
  return read === step.rule.avoids.length ? undefined : { ...place, read, isEmpty: false };
}

/** How much of a text's beginning stands at the end of what was read, one character later. */
function readFurther(text: string, read: number, char: string): number {
  const last = text.slice(0, read) + char;
  for (let length = Math.min(last.length, text.length); length > 0; length--) {
    if (last.endsWith(text.slice(0, length))) return length;
  }
  return 0;
}

/** Whether the literal behind the scope, read from here, is met at its own place and not before. */
function mayEndScope({ avoids, endsThere }: ScopeRule, read: number): boolean {
  return !endsThere || (avoids.slice(0, read) + avoids).indexOf(avoids) === read;
}
