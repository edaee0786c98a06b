import { describe, expect, it } from "vitest";
import { adviceFor, type Browser, platformOf, problemOf, type System } from "./device-problems";

const error = (name: string, message = "") => Object.assign(new Error(message), { name });

describe("problemOf", () => {
  it.each([
    [error("NotAllowedError", "Permission denied"), "denied"],
    [error("NotAllowedError", "Permission dismissed"), "dismissed"],
    [error("NotAllowedError", "Permission denied by system"), "denied-by-system"],
    [error("NotFoundError"), "missing"],
    [error("OverconstrainedError"), "missing"],
    [error("NotReadableError", "Could not start video source"), "busy"],
    [{ name: "NotFoundError", message: "Requested device not found" }, "missing"],
    [error("NegotiationError"), "unsent"],
    [error("TypeError"), "failed"],
    ["what", "failed"],
  ])("%s", (cause, problem) => {
    expect(problemOf(cause)).toBe(problem);
  });
});

describe("platformOf", () => {
  const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
  it.each([
    [`${mac} AppleWebKit/537.36 Chrome/140.0 Safari/537.36`, 0, "chrome", "mac"],
    [`${mac} AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15`, 0, "safari", "mac"],
    [`${mac} AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15`, 5, "safari-ios", "ios"],
    ["Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", 0, "edge", "windows"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", 0, "firefox", "linux"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) CriOS/140.0 Mobile Safari/604.1", 5, "app-ios", "ios"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1", 5, "safari-ios", "ios"],
    ["Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", 5, "firefox", "android"],
    ["Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", 5, "chrome", "android"],
  ])("%s", (userAgent, touchPoints, browser, system) => {
    expect(platformOf(userAgent, touchPoints)).toEqual({ browser, system });
  });
});

it("tells each browser's own way to unblock, on desk and phone", () => {
  const steps = (browser: Browser, system: System) =>
    adviceFor("denied", ["camera"], { browser, system }).steps.join(" ");
  const all = [
    steps("chrome", "windows"),
    steps("chrome", "android"),
    steps("firefox", "linux"),
    steps("firefox", "android"),
    steps("safari", "mac"),
    steps("safari-ios", "ios"),
    steps("app-ios", "ios"),
  ];
  expect(new Set(all).size).toBe(all.length);
});

it("names the device and gives a way out for every problem", () => {
  const platform = platformOf("Firefox/140.0 (X11; Linux)");
  for (const problem of [
    "insecure",
    "unsupported",
    "denied",
    "denied-by-system",
    "dismissed",
    "missing",
    "busy",
    "unsent",
    "failed",
  ] as const) {
    const advice = adviceFor(problem, ["camera"], platform);
    expect(advice.title).not.toBe("");
    expect(advice.steps.length).toBeGreaterThan(0);
  }
  expect(adviceFor("denied", ["camera", "microphone"], platform).title).toContain(
    "camera and microphone are",
  );
});
