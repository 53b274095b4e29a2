import type { CaseGroup } from "./cases/cases.ts";
import type { SmallCase } from "./cases/small-case.ts";
import { Explorer, type Problem } from "./search/explorer.ts";

/** What exploring groups of small cases showed. */
export interface ExplorationReport {
  readonly groups: readonly GroupReport[];
  /** The first case of every kind of problem, as short as it gets. */
  readonly counterExamples: readonly CounterExample[];
}

/** The sums over a group's cases. */
export interface GroupReport {
  readonly name: string;
  cases: number;
  states: number;
  transitions: number;
  interleavings: bigint;
  /** Cases in which a problem was met. */
  readonly problems: Map<Problem, number>;
}

/** A history that must not be. */
interface CounterExample {
  readonly problem: Problem;
  readonly title: string;
  readonly history: readonly string[];
}

/** Options of {@link explore}. */
export interface ExploreOptions {
  readonly groups: readonly CaseGroup[];
  /** Gets a group's report so far, after every case, and how many cases the group has. */
  readonly onProgress?: (group: GroupReport, cases: number) => void;
}

/** Explores every case of some groups. */
export async function explore({ groups, onProgress = () => {} }: ExploreOptions): Promise<ExplorationReport> {
  const counterExamples: CounterExample[] = [];
  const reports: GroupReport[] = [];
  for (const { name, cases, listing } of groups) {
    const explorer = new Explorer(listing);
    const report: GroupReport = { name, cases: 0, states: 0, transitions: 0, interleavings: 0n, problems: new Map() };
    reports.push(report);
    for (const smallCase of cases) {
      const { states, transitions, interleavings, problems } = await explorer.explore(smallCase);
      report.cases++;
      report.states += states;
      report.transitions += transitions;
      report.interleavings += interleavings;
      for (const problem of problems.keys()) {
        report.problems.set(problem, (report.problems.get(problem) ?? 0) + 1);
        if (counterExamples.some((example) => example.problem === problem)) continue;
        const history = problem === "endless" ? undefined : await explorer.shortest(smallCase, problem);
        counterExamples.push({ problem, title: titleOf(smallCase), history: history ?? [] });
      }
      onProgress(report, cases.length);
    }
  }
  return { groups: reports, counterExamples };
}

/** A case in words. */
function titleOf({ start, writers, consumers, redeliveries, batchSize, faults }: SmallCase): string {
  const around = `maintainers: ${consumers}, redeliveries: ${redeliveries}, faults: ${faults}, records a batch: ${batchSize}`;
  return `${start.name}; ${writers.map(({ name }) => name).join(" | ")}; ${around}`;
}
