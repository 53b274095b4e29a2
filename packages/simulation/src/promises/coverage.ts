import type { Ledger, MembershipLedger } from "./membership-ledger.ts";
import { qualify } from "./membership-ledger.ts";

/** What a pass that has ended says of itself. */
export interface EndedPass {
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  /** Which scopes it was for. */
  readonly isInScope: (scope: string | undefined) => boolean;
  /** Names that it says are wrong still. */
  readonly unrepairedCount: number;
}

/**
 * Names that were wrong during all of a pass, and of which it must have said so. An eventually consistent Scan may not
 * know of the last `staleWrites` commits before it. A name that stands in a wrong shard is one name.
 */
export function leftOut(ledger: MembershipLedger, pass: EndedPass, staleWrites: number): string[] {
  const commits = ledger.commitsUpTo(pass.startedAt - 1) - staleWrites;
  const wrong = [...ledger.ledgers()]
    .filter(({ place }) => pass.isInScope(place.scope))
    .flatMap((each) => namesSince(each, commits));
  const names = [...new Set(wrong)];
  return names.length > pass.unrepairedCount ? names : [];
}

function namesSince({ place: { definition, scope }, drift }: Ledger, commits: number): string[] {
  return [...drift].flatMap(([name, since]) =>
    name !== "" && since.commits <= commits ? [`${qualify(scope, name)} of ${definition.name}`] : [],
  );
}
