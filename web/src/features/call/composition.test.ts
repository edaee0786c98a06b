import type { VideoTrack } from "livekit-client";
import { describe, expect, it } from "vitest";
import { cameraKey, compose, LAYOUTS, type Wishes } from "./composition";
import type { Person } from "./people";

const SCREEN = {} as VideoTrack;

function person(identity: string, change: Partial<Person> = {}): Person {
  return {
    identity,
    name: identity,
    role: "interviewer",
    isLocal: identity === "me",
    isSpeaking: false,
    quality: "good",
    microphone: "on",
    camera: undefined,
    screen: undefined,
    isPaused: false,
    joinedAt: undefined,
    ...change,
  };
}

const WISHES: Wishes = {
  layout: "auto",
  pinned: undefined,
  speaker: undefined,
  isStrip: false,
  isPhone: false,
};
const THREE = [person("alice"), person("dana", { role: "candidate" }), person("me")];
const keys = (items: { key: string }[]) => items.map(({ key }) => key);

describe("compose", () => {
  it("shows everyone exactly once, whatever is wished", () => {
    for (const layout of LAYOUTS) {
      for (const pinned of [undefined, cameraKey("dana"), "screen alice", "nobody"]) {
        for (const isStrip of [false, true]) {
          for (let count = 0; count <= 3; count += 1) {
            const people = THREE.slice(3 - count).map((each, index) =>
              index === 0 ? { ...each, screen: SCREEN } : each,
            );
            const { large, rest } = compose(people, { ...WISHES, layout, pinned, isStrip, speaker: "dana" });
            const shown = keys([...large, ...rest]);
            expect(new Set(shown).size).toBe(shown.length);
            for (const { identity } of people) expect(shown).toContain(cameraKey(identity));
          }
        }
      }
    }
  });

  it("makes all shared screens large by itself, and not one's own", () => {
    const people = THREE.map((each) => ({ ...each, screen: SCREEN }));
    const { large, rest } = compose(people, WISHES);
    expect(keys(large)).toEqual(["screen alice", "screen dana"]);
    expect(keys(rest)).toEqual(THREE.map(({ identity }) => cameraKey(identity)));
  });

  it("follows who speaks, and never shows oneself large while others are there", () => {
    const speaker = (identity: string | undefined) =>
      keys(compose(THREE, { ...WISHES, layout: "speaker", speaker: identity }).large);
    expect(speaker("dana")).toEqual([cameraKey("dana")]);
    expect(speaker(undefined)).toEqual([cameraKey("alice")]);
  });

  it("puts what is pinned first in every layout, until it is gone", () => {
    for (const layout of LAYOUTS) {
      expect(keys(compose(THREE, { ...WISHES, layout, pinned: cameraKey("dana") }).large)[0]).toBe(
        cameraKey("dana"),
      );
    }
    expect(compose(THREE, { ...WISHES, pinned: cameraKey("gone") }).arrangement).toBe("grid");
  });

  it("puts a screen and who speaks about it side by side", () => {
    const people = [person("alice", { screen: SCREEN }), person("dana"), person("me")];
    const { large } = compose(people, { ...WISHES, layout: "side", speaker: "dana" });
    expect(keys(large)).toEqual(["screen alice", cameraKey("dana")]);
  });

  it("lets oneself float over the other on a phone", () => {
    const two = THREE.slice(1);
    const { arrangement, large } = compose(two, { ...WISHES, isPhone: true });
    expect([arrangement, ...keys(large)]).toEqual(["floating", cameraKey("dana")]);
  });
});
