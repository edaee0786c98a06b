/** A person's authenticator app and recovery codes: setting up, taking away, and signing in with them. */
import { ProblemError, request, send } from "./client";
import { allauthProblem } from "./session";
import type { TotpDraft } from "./types";

const OWN = "/_allauth/browser/v1/account/authenticators";

export function draftTotp(): Promise<TotpDraft> {
  return request<TotpDraft>("POST", "/api/me/totp-draft");
}

export async function activateTotp(code: string): Promise<void> {
  const response = await send("POST", `${OWN}/totp`, { body: { code } });
  if (!response.ok) throw await allauthProblem(response, "The app was not added");
}

export async function removeTotp(): Promise<void> {
  const response = await send("DELETE", `${OWN}/totp`);
  if (!response.ok) throw await allauthProblem(response, "The app was not removed");
}

/** The codes, if nobody has seen them yet: they are shown once. */
export function fetchRecoveryCodes(): Promise<string[] | null> {
  return recoveryCodes("GET");
}

/** New ones; the old ones end. */
export async function renewRecoveryCodes(): Promise<string[]> {
  return (await recoveryCodes("POST")) ?? [];
}

async function recoveryCodes(method: "GET" | "POST"): Promise<string[] | null> {
  const response = await send(method, `${OWN}/recovery-codes`);
  if (!response.ok) throw await allauthProblem(response, "There are no recovery codes to show");
  const answer = (await response.json()) as { data: { unused_codes?: string[] } };
  return answer.data.unused_codes ?? null;
}

/** What can be the second step of signing in. */
export type PendingFactor = "totp" | "recovery_codes" | "webauthn";

/** The second steps of which one is still to come; none when nobody is signing in. */
export async function fetchPendingFactors(): Promise<PendingFactor[]> {
  return pendingFactors(await send("GET", "/_allauth/browser/v1/auth/session"));
}

export async function pendingFactors(response: Response): Promise<PendingFactor[]> {
  if (response.status !== 401) return [];
  const answer = (await response
    .clone()
    .json()
    .catch(() => ({}))) as {
    data?: { flows?: { id: string; is_pending?: boolean; types?: PendingFactor[] }[] };
  };
  const flow = answer.data?.flows?.find(({ id, is_pending }) => id === "mfa_authenticate" && is_pending);
  return flow?.types ?? [];
}

/** Answers the second step of signing in by a code of the app or a recovery code. */
export async function enterSecondCode(code: string): Promise<void> {
  const response = await send("POST", "/_allauth/browser/v1/auth/2fa/authenticate", { body: { code } });
  if (!response.ok) throw await secondStepProblem(response);
}

export async function secondStepProblem(response: Response): Promise<ProblemError> {
  if (response.status !== 401) return allauthProblem(response, "That did not sign you in");
  return new ProblemError({
    status: 410,
    type: "sign-in-over",
    title: "Signing in took too long",
    detail: "Start again with your address and password.",
    extra: {},
  });
}
