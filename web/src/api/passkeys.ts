/** Passkeys (WebAuthn): the browser makes and uses them, the server offers challenges and checks the answers. */
import { ProblemError, send } from "./client";
import { secondStepProblem } from "./second-factors";
import { allauthProblem } from "./session";

const AUTH = "/_allauth/browser/v1/auth/webauthn";
const OWN = "/_allauth/browser/v1/account/authenticators/webauthn";

/** Whether this browser can, at this address: passkeys need a name, and https unless the name is localhost. */
export function canUsePasskeys(publicUrl: string): boolean {
  const host = new URL(publicUrl).hostname;
  const isAddress = /^[\d.]+$|^\[/.test(host);
  return (
    window.isSecureContext &&
    typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON === "function" &&
    location.hostname === host &&
    !isAddress
  );
}

/** Makes one on this device or another; it is named after the browser until its owner says otherwise. */
export async function addPasskey(): Promise<void> {
  const offer = await send("GET", `${OWN}?passwordless`);
  if (!offer.ok) throw await allauthProblem(offer, "The passkey was not added");
  const { data } = (await offer.json()) as { data: { creation_options: CredentialCreationOptionsJSON } };
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(data.creation_options.publicKey);
  const credential = await byBrowser(() => navigator.credentials.create({ publicKey }));
  const response = await send("POST", OWN, { body: { credential, passwordless: true } });
  if (!response.ok) throw await allauthProblem(response, "The passkey was not added");
}

export async function renamePasskey(id: number, name: string): Promise<void> {
  const response = await send("PUT", OWN, { body: { id, name } });
  if (!response.ok) throw await allauthProblem(response, "The passkey was not renamed");
}

export async function removePasskey(id: number): Promise<void> {
  const response = await send("DELETE", OWN, { body: { authenticators: [id] } });
  if (!response.ok) throw await allauthProblem(response, "The passkey was not removed");
}

type Purpose = "login" | "authenticate" | "reauthenticate";

/** `login` signs in by passkey alone, `authenticate` is the second step of it, `reauthenticate` confirms who it is. */
export async function provePasskey(purpose: Purpose, remember = true): Promise<void> {
  // Browsers serve one request at a time.
  await withdrawPasskeys();
  const publicKey = await requestOptions(purpose);
  const credential = await byBrowser(() => navigator.credentials.get({ publicKey }));
  await answer(purpose, credential, remember);
}

async function requestOptions(purpose: Purpose): Promise<PublicKeyCredentialRequestOptions> {
  const offer = await send("GET", `${AUTH}/${purpose}`);
  if (!offer.ok) throw await secondStepProblem(offer);
  const { data } = (await offer.json()) as { data: { request_options: CredentialRequestOptionsJSON } };
  return PublicKeyCredential.parseRequestOptionsFromJSON(data.request_options.publicKey);
}

async function answer(purpose: Purpose, credential: unknown, remember: boolean): Promise<void> {
  const response = await send("POST", `${AUTH}/${purpose}`, { body: { credential, remember } });
  if (!response.ok) throw await secondStepProblem(response);
}

/** What the browser offers beside a field, until one is chosen or it is withdrawn. */
let offered: { stop: AbortController; ended: Promise<void> } | undefined;

/**
 * Lets the browser offer its passkeys where it fills in the address, without a dialog of its own. Whether one was chosen
 * and has signed in: false where browsers cannot, and when the offer was withdrawn.
 */
export async function signInByOfferedPasskey(remember: () => boolean): Promise<boolean> {
  await withdrawPasskeys();
  if (!(await window.PublicKeyCredential.isConditionalMediationAvailable?.())) return false;
  const stop = new AbortController();
  const choice = choose(stop.signal);
  const own = { stop, ended: choice.then(() => {}) };
  offered = own;
  const credential = await choice;
  if (offered === own) offered = undefined;
  if (!credential) return false;
  await answer("login", credential.toJSON(), remember());
  return true;
}

/** Resolves once the browser is free for another request. */
export async function withdrawPasskeys(): Promise<void> {
  offered?.stop.abort();
  await offered?.ended;
}

/** Nobody has asked for it, so nobody is told why there is none. */
async function choose(signal: AbortSignal): Promise<PublicKeyCredential | null> {
  try {
    const publicKey = await requestOptions("login");
    const credential = await navigator.credentials.get({ publicKey, mediation: "conditional", signal });
    return credential as PublicKeyCredential | null;
  } catch {
    return null;
  }
}

interface CredentialCreationOptionsJSON {
  publicKey: PublicKeyCredentialCreationOptionsJSON;
}

interface CredentialRequestOptionsJSON {
  publicKey: PublicKeyCredentialRequestOptionsJSON;
}

const refusals: Record<string, string> = {
  NotAllowedError: "It was cancelled, or it took too long.",
  InvalidStateError: "This device already holds a passkey for this account.",
  SecurityError: "Passkeys do not work at this address.",
};

/** The browser's own dialog; what it refuses is told in words. */
async function byBrowser(act: () => Promise<Credential | null>): Promise<unknown> {
  try {
    return ((await act()) as PublicKeyCredential).toJSON();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    const detail = refusals[name] ?? "The browser could not use a passkey.";
    throw new ProblemError({
      status: 0,
      type: "passkey-refused",
      title: "No passkey was used",
      detail,
      extra: {},
    });
  }
}
