import type { Outcome } from "../simulate.ts";

/** What many simulations came to. */
export interface Tally {
  seeds: number;
  operations: number;
  requests: number;
  commits: number;
  /** Simulations in which records were lost, so that it took a sweep. */
  swept: number;
  virtualMs: number;
}

export function newTally(): Tally {
  return { seeds: 0, operations: 0, requests: 0, commits: 0, swept: 0, virtualMs: 0 };
}

export function addOutcome(tally: Tally, { operations, requests, commits, swept, elapsedMs }: Outcome): void {
  tally.seeds++;
  tally.operations += operations;
  tally.requests += requests;
  tally.commits += commits;
  tally.swept += swept ? 1 : 0;
  tally.virtualMs += elapsedMs;
}

export function addTally(to: Tally, other: Tally): void {
  for (const key of Object.keys(to) as (keyof Tally)[]) to[key] += other[key];
}

/** In words, on one line. */
export function formatTally({ seeds, operations, requests, commits, swept, virtualMs }: Tally): string {
  const number = (value: number): string => value.toLocaleString("en-GB");
  return (
    `${number(operations)} operations in ${number(seeds)} seeds: ${number(requests)} requests, ${number(commits)} writes, ` +
    `${number(Math.round(virtualMs / 3_600_000))} hours of virtual time; ${number(swept)} needed their sweep`
  );
}
