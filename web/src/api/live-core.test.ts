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

beforeEach(() => {
  core = new LiveCore();
});

describe("the live core", () => {
  it("says who it is first, then asks for everything watched", () => {
    core.watch("interviews.list", {}, new Listener());
    expect(sent()).toEqual([]);
    core.opened(null);
    expect(sent()).toEqual([
      { type: "hello", guest: null },
      { type: "watch", id: 1, query: "interviews.list", args: {} },
    ]);
  });

  it("asks once for what two listeners watch, and gives the newest answer to the later one", () => {
    const [first, second] = [new Listener(), new Listener()];
    core.opened("token");
    const stopFirst = core.watch("interviews.get", { interview_id: "a" }, first);
    core.receive('{"type":"result","id":1,"data":7}');
    const stopSecond = core.watch("interviews.get", { interview_id: "a" }, second);
    expect(sent().filter(({ type }) => type === "watch")).toHaveLength(1);
    expect(second.values).toEqual([7]);
    stopFirst();
    expect(sent()).toEqual([]);
    stopSecond();
    stopSecond();
    expect(sent()).toEqual([{ type: "unwatch", id: 1 }]);
    expect(core.isIdle).toBe(true);
  });

  it("keeps answers over a lost line and asks again on the next", () => {
    const listener = new Listener();
    core.opened(null);
    core.watch("q", {}, listener);
    core.receive('{"type":"result","id":1,"data":"old"}');
    core.closed();
    core.opened(null);
    expect(sent().map(({ type }) => type)).toEqual(["hello", "watch"]);
    core.receive('{"type":"result","id":1,"data":"new"}');
    expect(listener.values).toEqual(["old", "new"]);
  });

  it("ends a query that the server refuses, until somebody asks again", () => {
    const [first, second] = [new Listener(), new Listener()];
    core.opened(null);
    core.watch("q", {}, first);
    core.receive(
      '{"type":"error","id":1,"problem":{"type":"/problems/not-found","status":404,"title":"Not found"}}',
    );
    expect(first.problems).toMatchObject([{ type: "not-found", status: 404 }]);
    sent();
    core.watch("q", {}, second);
    expect(sent()).toEqual([{ type: "watch", id: 1, query: "q", args: {} }]);
    expect(second.values).toEqual([]);
  });

  it("ignores answers to what nobody watches any more and what it does not know", () => {
    expect(core.receive('{"type":"result","id":9,"data":1}')).toBe(true);
    expect(core.receive('{"type":"error","id":9,"problem":null}')).toBe(true);
    expect(core.receive('{"type":"pong"}')).toBe(true);
    expect(core.receive('{"type":"news"}')).toBe(false);
    expect(core.receive("null")).toBe(false);
    expect(core.receive("{")).toBe(false);
  });

  it("knows equal arguments whatever their order", () => {
    expect(liveKey("q", { a: "1", b: "2" })).toBe(liveKey("q", { b: "2", a: "1" }));
  });
});
