import { beforeEach, describe, expect, it } from "vitest";
import type { Problem } from "./client";
import { LiveCore, liveKey } from "./live-core";

class Listener {
  values: unknown[] = [];
  problems: Problem[] = [];
  data(value: unknown) {
    this.values.push(value);
  }
  problem(problem: Problem) {
    this.problems.push(problem);
  }
}

let core: LiveCore;
const sent = () => core.drain().map((text) => JSON.parse(text));

const update = (...results: object[]) => JSON.stringify({ type: "update", version: 1, results });

beforeEach(() => {
  core = new LiveCore();
});

describe("the live core", () => {
  it("says who it is first, then asks for everything watched", () => {
    core.watch("interviews.list", {}, new Listener());
    expect(sent()).toEqual([]);
    core.opened(null);
    expect(sent()).toEqual([
      { type: "hello", guest: null, patches: true },
      { type: "watch", queries: [{ id: 1, query: "interviews.list", args: {} }] },
    ]);
  });

  it("asks once for what two listeners watch, and gives the newest answer to the later one", () => {
    const [first, second] = [new Listener(), new Listener()];
    core.opened("token");
    const stopFirst = core.watch("interviews.get", { interview_id: "a" }, first);
    core.receive(update({ id: 1, etag: "a", data: 7 }));
    const stopSecond = core.watch("interviews.get", { interview_id: "a" }, second);
    expect(sent().filter(({ type }) => type === "watch")).toHaveLength(1);
    expect(second.values).toEqual([7]);
    stopFirst();
    expect(sent()).toEqual([]);
    stopSecond();
    stopSecond();
    expect(sent()).toEqual([{ type: "unwatch", ids: [1] }]);
    expect(core.isIdle).toBe(true);
  });

  it("changes the answer that it has, and asks for the whole if the change is for another one", () => {
    const listener = new Listener();
    core.opened(null);
    core.watch("q", {}, listener);
    core.receive(update({ id: 1, etag: "a", data: { title: "old", rows: [1] } }));
    sent();
    const patch = [{ op: "replace", path: "/title", value: "new" }];
    core.receive(update({ id: 1, etag: "b", base: "a", patch }));
    expect(listener.values.at(-1)).toEqual({ title: "new", rows: [1] });
    expect(sent()).toEqual([]);
    for (const wrong of [
      { base: "a", patch },
      { base: "b", patch: [{ op: "remove", path: "/rows/3" }] },
    ]) {
      core.receive(update({ id: 1, etag: "c", ...wrong }));
      expect(listener.values).toHaveLength(wrong.base === "a" ? 2 : 3);
      expect(sent()).toEqual([{ type: "watch", queries: [{ id: 1, query: "q", args: {} }] }]);
      core.receive(update({ id: 1, etag: "b", data: { title: "whole", rows: [] } }));
    }
    expect(listener.values.at(-1)).toEqual({ title: "whole", rows: [] });
  });

  it("keeps answers over a lost line and asks again on the next", () => {
    const listener = new Listener();
    core.opened(null);
    core.watch("q", {}, listener);
    core.receive(update({ id: 1, etag: "a", data: "old" }));
    core.closed();
    core.opened(null);
    expect(sent().map(({ type }) => type)).toEqual(["hello", "watch"]);
    core.receive(update({ id: 1, etag: "b", data: "new" }));
    expect(listener.values).toEqual(["old", "new"]);
  });

  it("says after a break which answers it has, and keeps those that still hold", () => {
    const [first, second] = [new Listener(), new Listener()];
    core.opened(null);
    core.watch("q", {}, first);
    core.watch("r", {}, second);
    expect(sent().filter(({ type }) => type === "watch")).toHaveLength(1);
    core.receive(update({ id: 1, etag: "a", data: 1 }, { id: 2, etag: "b", data: 2 }));
    core.closed();
    core.opened(null);
    expect(sent()[1]).toEqual({
      type: "watch",
      queries: [
        { id: 1, query: "q", args: {}, has: "a" },
        { id: 2, query: "r", args: {}, has: "b" },
      ],
    });
    core.receive(update({ id: 1, etag: "a" }, { id: 2, etag: "c", data: 3 }));
    expect([first.values, second.values]).toEqual([[1], [2, 3]]);
    const late = new Listener();
    core.watch("q", {}, late);
    expect(late.values).toEqual([1]);
  });

  it("asks for nothing that was let go before it was asked for", () => {
    core.opened(null);
    sent();
    core.watch("q", {}, new Listener())();
    expect(sent()).toEqual([]);
  });

  it("ends a query that the server refuses, until somebody asks again", () => {
    const [first, second] = [new Listener(), new Listener()];
    core.opened(null);
    core.watch("q", {}, first);
    core.receive(
      update({ id: 1, problem: { type: "/problems/not-found", status: 404, title: "Not found" } }),
    );
    expect(first.problems).toMatchObject([{ type: "not-found", status: 404 }]);
    sent();
    core.watch("q", {}, second);
    expect(sent()).toEqual([{ type: "watch", queries: [{ id: 1, query: "q", args: {} }] }]);
    expect(second.values).toEqual([]);
  });

  it("ignores answers to what nobody watches any more and what it does not know", () => {
    expect(core.receive(update({ id: 9, etag: "a", data: 1 }, { id: 9, problem: null }))).toBe(true);
    expect(core.receive('{"type":"pong"}')).toBe(true);
    expect(core.receive('{"type":"news"}')).toBe(false);
    expect(core.receive("null")).toBe(false);
    expect(core.receive("{")).toBe(false);
  });

  it("knows equal arguments whatever their order", () => {
    expect(liveKey("q", { a: "1", b: "2" })).toBe(liveKey("q", { b: "2", a: "1" }));
  });
});
