/** Proving anew who one is, in the ways that the server offers. */
import { request, send } from "./client";
import { provePasskey } from "./passkeys";
import { allauthProblem } from "./session";

export type Way = "passkey" | "totp" | "recovery-code" | "password" | "email-code";

const NOT_CONFIRMED = "That did not confirm it";

async function reauthenticate(path: string, body: unknown): Promise<void> {
  const response = await send("POST", `/_allauth/browser/v1/auth/${path}`, { body });
  if (!response.ok) throw await allauthProblem(response, NOT_CONFIRMED);
}

/** `answer` is what was typed: a password or a code; a passkey needs none. */
export async function confirmBy(way: Way, answer: string): Promise<void> {
  if (way === "passkey") return provePasskey("reauthenticate");
  if (way === "password") return reauthenticate("reauthenticate", { password: answer });
  if (way === "email-code") return request("POST", "/api/me/confirmation", { body: { code: answer } });
  return reauthenticate("2fa/reauthenticate", { code: answer });
}

/** Asks in the dialog for a fresh proof, unless there is one; a ProblemError when none was given. */
export function confirmNow(): Promise<void> {
  return request("GET", "/api/me/recent-sign-in");
}

export function sendConfirmationCode(): Promise<void> {
  return request("POST", "/api/me/confirmation-code");
}
