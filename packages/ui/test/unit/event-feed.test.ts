import { expect, it, vi } from "vitest";
import { EventFeed, RING_SIZE } from "../../src/server/event-feed.ts";
import type { EventFrame } from "../../src/shared/page-events.ts";

const note = (message: string) => ({ kind: "note", at: 0, tone: "news", message }) as const;

/** A page's end of the stream, which can stop reading. */
function listener() {
  const frames: EventFrame[] = [];
  let lastId = "";
  const response = {
    writableNeedDrain: false,
    end: () => response as never,
    write(text: string) {
      const [, id, data] = /^id: (.*)\ndata: (.*)\n\n$/.exec(text) ?? [];
      if (data !== undefined) frames.push(JSON.parse(data));
      lastId = id ?? lastId;
      return true;
    },
  };
  return { response: response as never, state: response, frames, lastId: () => lastId };
}

const messages = ({ events }: EventFrame) => events.map(({ event }) => event.kind === "note" && event.message);

it("a page hears first what was told before it came, and then what is told, together in frames", () => {
  vi.useFakeTimers();
  using feed = new EventFeed();
  feed.tell(note("before"));
  const page = listener();
  feed.subscribe(page.response, undefined);
  feed.tell(note("a"));
  feed.tell(note("b"));
  vi.advanceTimersByTime(100);
  expect(page.frames.map(messages)).toEqual([["before"], ["a", "b"]]);
  vi.useRealTimers();
});

it("the ring holds so many events and no more, and a page that was away hears how many it has missed", () => {
  using feed = new EventFeed();
  const page = listener();
  feed.tell(note("seen"));
  feed.subscribe(page.response, undefined)();
  for (let i = 0; i < RING_SIZE + 50; i++) feed.tell(note(String(i)));
  const back = listener();
  feed.subscribe(back.response, page.lastId());
  expect(back.frames).toHaveLength(1);
  expect(back.frames[0]?.missed).toBe(50);
  expect(back.frames[0]?.events).toHaveLength(RING_SIZE);
  expect(back.frames[0]?.events.at(-1)?.event).toEqual(note(String(RING_SIZE + 49)));
});

it("a page that reads slowly is sent nothing until it has read, and loses only what left the ring", () => {
  vi.useFakeTimers();
  using feed = new EventFeed();
  const page = listener();
  feed.subscribe(page.response, undefined);
  page.state.writableNeedDrain = true;
  for (let i = 0; i < RING_SIZE + 7; i++) feed.tell(note(String(i)));
  vi.advanceTimersByTime(1_000);
  expect(page.frames).toHaveLength(1); // the first, which is empty
  page.state.writableNeedDrain = false;
  vi.advanceTimersByTime(100);
  expect(page.frames[1]?.missed).toBe(7);
  expect(page.frames[1]?.events).toHaveLength(RING_SIZE);
  vi.useRealTimers();
});

it("the place of a page in another run of the server counts for nothing", () => {
  using feed = new EventFeed();
  feed.tell(note("a"));
  const page = listener();
  feed.subscribe(page.response, "00000000-0000-0000-0000-000000000000/900");
  expect(page.frames.map(messages)).toEqual([["a"]]);
  expect(page.frames[0]?.missed).toBe(0);
});
