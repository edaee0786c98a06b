import { describe, expect, it } from "vitest";
import type { Connection, Finding } from "@/api/connections";
import { amount, bitRate, percent, sentencesOf, wayOf } from "./words";

const STYLE = { zone: "UTC", locale: "en-GB" };

function person(...findings: Partial<Finding>[]): Connection {
  return {
    identity: "guest-1",
    name: "Dana",
    began_at: "2026-11-30T10:00:00Z",
    ended_at: "2026-11-30T11:00:00Z",
    transport: "udp",
    candidate: "host",
    quality: "excellent",
    rtt_ms: 23.6,
    sent_loss: 0.001,
    received_loss: 0,
    sent_bps: 1_700_000,
    received_bps: 450_000,
    findings: findings.map((finding) => ({
      kind: "slow",
      began_at: "2026-11-30T10:04:10Z",
      ended_at: "2026-11-30T10:07:20Z",
      share: null,
      height: null,
      rtt_ms: null,
      count: null,
      ...finding,
    })),
    points: [],
    tracks: [],
  };
}

const said = (...findings: Partial<Finding>[]) =>
  sentencesOf(person(...findings), STYLE).map((text) => text.replace(/[\u2068\u2069]/g, ""));

describe("sentencesOf", () => {
  it("tells what was lost, when, and what was seen meanwhile", () => {
    expect(said({ kind: "lost_on_way_to", share: 0.03, height: 180 })).toEqual([
      "Dana’s line lost 3 % of packets between 10:04 and 10:07; they saw 180p.",
    ]);
    expect(said({ kind: "limited", height: 0, ended_at: "2026-11-30T10:04:20Z" })).toEqual([
      "Dana’s line was too narrow for the full picture at 10:04; pictures were paused.",
    ]);
    expect(said({ kind: "lost_on_way_from", share: 0.255 })[0]).toContain("26 % of what Dana sent was lost");
  });

  it("counts what happened more than once", () => {
    expect(said({ kind: "broken", count: 1 }, { kind: "resumed", count: 3 })).toEqual([
      "Dana’s connection broke off once.",
      "Dana lost touch and came back by themselves 3 times.",
    ]);
  });

  it("says that all was well, also where the way was unusual", () => {
    expect(said()).toEqual(["Nothing stood out: 0.1 % of packets lost, 24 ms there and back."]);
    expect(said({ kind: "over_tcp" })).toHaveLength(2);
    expect(sentencesOf({ ...person(), sent_loss: null, received_loss: null }, STYLE)).toEqual([
      "Connected; nothing was sent either way yet.",
    ]);
  });
});

describe("figures", () => {
  it("are as short as they can be", () => {
    expect([0, 0.0002, 0.004, 0.03, 0.123].map(percent)).toEqual(["0 %", "< 0.1 %", "0.4 %", "3 %", "12 %"]);
    expect([900, 450_400, 1_720_000].map(bitRate)).toEqual(["1 kbit/s", "450 kbit/s", "1.7 Mbit/s"]);
    expect([640_000, 12_400_000].map(amount)).toEqual(["640 KB", "12.4 MB"]);
    expect(wayOf(person())).toBe("UDP, direct");
  });
});
