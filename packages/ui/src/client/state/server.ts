import type { ErrorAnswer } from "../../shared/answers.ts";

/** The token that the page was served with. A server that was restarted has another one. */
let token = document.querySelector<HTMLMetaElement>('meta[name="rollcall-token"]')?.content ?? "";

/** Asks the server. Rejects with a sentence for the user. */
export async function ask<Answer>(path: string, query: Readonly<Record<string, string | null>> = {}): Promise<Answer> {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== null);
  return await answerOf(await fetch(given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`));
}

/** Has the server do something. Rejects with a sentence for the user. */
export async function tell<Answer>(path: string, body: object = {}): Promise<Answer> {
  const headers = { "content-type": "application/json", "x-rollcall-token": token };
  return await answerOf(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Takes over the token of a server that was restarted: only its own page can read that. */
export async function renewToken(): Promise<void> {
  const text = await (await fetch("/")).text();
  token = /name="rollcall-token" content="([0-9a-f]{64})"/.exec(text)?.[1] ?? token;
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  const answer = (await response.json()) as Answer | ErrorAnswer;
  if (!response.ok) throw new Error((answer as ErrorAnswer).error);
  return answer as Answer;
}
