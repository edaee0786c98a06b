/** Why a browser gave no camera or microphone, and what a person can do about it, in plain words. */

export type DeviceKind = "camera" | "microphone";

/** What a person shows or says: a device, or the screen. */
export type SourceKind = DeviceKind | "screen";

/** What the browser's error means. */
export type DeviceProblem =
  | "insecure"
  | "unsupported"
  | "denied"
  | "denied-by-system"
  | "dismissed"
  | "missing"
  | "busy"
  | "unsent"
  | "still"
  | "failed";

export type Browser = "chrome" | "edge" | "firefox" | "safari" | "safari-ios" | "app-ios" | "other";
export type System = "mac" | "windows" | "linux" | "android" | "ios" | "other";

export interface Platform {
  browser: Browser;
  system: System;
}

/** Browsers put the name of the cause into `name` and, for the operating system's refusal, only into `message`. */
export function problemOf(error: unknown): DeviceProblem {
  if (!(error instanceof Error) && !isDomError(error)) return "failed";
  const { name, message } = error;
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
    case "SecurityError":
      if (/system/i.test(message)) return "denied-by-system";
      return /dismissed/i.test(message) ? "dismissed" : "denied";
    case "NotFoundError":
    case "DevicesNotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    // These are the media library's own: the device works, but its stream did not get through.
    case "NegotiationError":
    case "PublishTrackError":
    case "UnexpectedConnectionState":
    case "SignalRequestError":
      return "unsent";
    default:
      return "failed";
  }
}

function isDomError(error: unknown): error is { name: string; message: string } {
  return typeof error === "object" && error !== null && "name" in error && "message" in error;
}

export function platformOf(userAgent: string, touchPoints = 0): Platform {
  return { browser: browserOf(userAgent, touchPoints), system: systemOf(userAgent, touchPoints) };
}

function systemOf(userAgent: string, touchPoints: number): System {
  if (/iPhone|iPad|iPod/.test(userAgent)) return "ios";
  // iPadOS calls itself a Macintosh; only its fingers give it away.
  if (/Macintosh/.test(userAgent)) return touchPoints > 1 ? "ios" : "mac";
  if (/Android/.test(userAgent)) return "android";
  if (/Windows/.test(userAgent)) return "windows";
  return /Linux|X11|CrOS/.test(userAgent) ? "linux" : "other";
}

function browserOf(userAgent: string, touchPoints: number): Browser {
  // On phones by Apple every other browser asks the system for its devices, not its own settings.
  if (systemOf(userAgent, touchPoints) === "ios")
    return /CriOS|FxiOS|EdgiOS/.test(userAgent) ? "app-ios" : "safari-ios";
  if (/Edg\//.test(userAgent)) return "edge";
  if (/Firefox\//.test(userAgent)) return "firefox";
  if (/Chrome\/|Chromium\//.test(userAgent)) return "chrome";
  return /Safari\//.test(userAgent) ? "safari" : "other";
}

export interface Advice {
  title: string;
  steps: string[];
}

/** What happened and the exact way out, for this browser on this system. */
export function adviceFor(problem: DeviceProblem, devices: SourceKind[], platform: Platform): Advice {
  const what = devices.length === 2 ? "camera and microphone" : (devices[0] ?? "device");
  const are = devices.length === 2 ? "are" : "is";
  switch (problem) {
    case "insecure":
      return {
        title: "This address cannot use a camera or microphone",
        steps: [
          "Browsers give them only to pages opened over https:// or on localhost; this page came over plain http.",
          "Ask whoever runs this server for its https address. You can still join to watch and listen.",
        ],
      };
    case "unsupported":
      return {
        title: "This browser cannot make calls",
        steps: ["Open the same link in a current Chrome, Edge, Firefox or Safari."],
      };
    case "denied":
      return { title: `Your ${what} ${are} blocked for this page`, steps: unblockSteps(what, platform) };
    case "dismissed":
      return {
        title: `Your browser is still waiting for an answer`,
        steps: [`Press “Try again” and choose “Allow” when the browser asks for your ${what}.`],
      };
    case "denied-by-system":
      return {
        title: `Your computer does not let the browser use the ${what}`,
        steps: systemSteps(what, platform.system),
      };
    case "missing":
      return {
        title: `No ${devices.length === 2 ? "camera or microphone" : what} found`,
        steps: [`Plug one in, or switch it on; this page notices by itself. You can also join without it.`],
      };
    case "busy":
      return {
        title: `Another program is using your ${what}`,
        steps: ["Close other calls and camera programs, then press “Try again”."],
      };
    case "unsent":
      return {
        title: `Your ${what} did not get through`,
        steps: ["The connection was too unsteady to start it. Switch it on again to retry."],
      };
    case "still":
      return {
        title: `Your ${what} gives no picture`,
        steps: [
          "Close other programs that use it, unplug and replug it, or choose another one. Everybody hears you all the same.",
        ],
      };
    case "failed":
      return {
        title: `Your ${what} did not start`,
        steps: [
          "Unplug and replug it or restart the browser, then press “Try again”. You can also join without it.",
        ],
      };
  }
}

function unblockSteps(what: string, { browser, system }: Platform): string[] {
  switch (browser) {
    case "firefox":
      if (system === "android") {
        return [
          "Tap the shield or lock at the left of the address bar, then “Edit permissions” or “Permissions”.",
          "Set Camera and Microphone to “Allowed”.",
          "Reload this page.",
        ];
      }
      return [
        "Click the crossed-out camera or microphone icon at the left of the address bar.",
        "Remove “Blocked” beside each device.",
        `Press “Try again” and allow the ${what}.`,
      ];
    case "safari":
      return [
        "Open Safari ▸ Settings for This Website… in the menu bar.",
        "Set Camera and Microphone to “Allow”.",
        "Press “Try again”.",
      ];
    case "safari-ios":
      return [
        "Tap the page menu at the left of the address bar, then “Website Settings”.",
        "Set Camera and Microphone to “Allow”.",
        "Reload this page.",
      ];
    case "app-ios":
      return [
        "Open the phone's Settings, then Apps ▸ your browser.",
        "Switch Camera and Microphone on.",
        "Come back and reload this page.",
      ];
    default:
      return [
        system === "android"
          ? "Tap the icon at the left of the address bar, then “Permissions”."
          : "Click the icon at the left of the address bar (sliders or a lock).",
        "Switch Camera and Microphone on.",
        "Press “Try again”.",
      ];
  }
}

function systemSteps(what: string, system: System): string[] {
  if (what === "screen" && system === "mac") {
    return [
      "Open System Settings ▸ Privacy & Security ▸ Screen & System Audio Recording, and switch your browser on.",
      "Restart the browser, then come back: this page puts you straight back into the call.",
    ];
  }
  const settings: Record<System, string> = {
    mac: "Open System Settings ▸ Privacy & Security, and switch your browser on under Camera and under Microphone.",
    windows: "Open Settings ▸ Privacy & security ▸ Camera (then Microphone), and let desktop apps use it.",
    linux: "Allow the browser to use it in your system's privacy settings.",
    android: "Open Settings ▸ Apps ▸ your browser ▸ Permissions, and allow Camera and Microphone.",
    ios: "Open Settings ▸ your browser, and switch Camera and Microphone on.",
    other: `Allow the browser to use the ${what} in your system's settings.`,
  };
  return [settings[system], "Restart the browser if it asks you to, then come back to this page."];
}
