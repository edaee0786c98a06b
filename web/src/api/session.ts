/** Who is signed in, and signing in and out. */
import { type QueryClient, queryOptions, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";
import { useEffect } from "react";
import { type Problem, ProblemError, parseProblem, request, send, whenSignedOut } from "./client";
import { live, useLive } from "./live";
import { speakFor } from "./outbox";
import { provePasskey, signInByOfferedPasskey } from "./passkeys";
import { enterSecondCode, pendingFactors } from "./second-factors";
import type {
  AcceptIn,
  InvitationLink,
  MailChoices,
  Me,
  OrganisationIn,
  OwnerIn,
  OwnerLink,
  ProfileIn,
  Theme,
} from "./types";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => request<Me>("GET", "/api/me", { signal }),
  staleTime: 60_000,
  refetchOnWindowFocus: true,
});

/** Keeps `me` as it is now: a role that somebody else gives or takes shows at once in what is offered. */
export function useLiveMe(): void {
  const queryClient = useQueryClient();
  const { data } = useLive("me.get", {});
  useEffect(() => {
    // Whoever signs in or out meanwhile is followed by `followSession`, which also forgets what is cached.
    if (data && identityOf(data) === identityOf(queryClient.getQueryData(meQuery.queryKey)))
      queryClient.setQueryData(meQuery.queryKey, data);
  }, [data, queryClient]);
}

/** A member who is signed in. */
export interface Member extends Me {
  user: NonNullable<Me["user"]>;
  organisation: NonNullable<Me["organisation"]>;
}

export function isMember(me: Me): me is Member {
  return me.user !== null && me.organisation !== null;
}

export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Members whom their organisation lets in only with a second factor are led to setting one up. */
export function requireFactor(me: Me, href: string | undefined): void {
  if (me.barred_from) throw redirect({ to: "/second-step-needed", search: { next: href } });
}

/** For a route's beforeLoad: strangers go to sign in and come back afterwards. */
export async function requireMember(queryClient: QueryClient, href: string): Promise<Member> {
  const me = await queryClient.ensureQueryData(meQuery);
  requireFactor(me, href);
  if (!isMember(me)) throw redirect({ to: "/sign-in", search: { next: href } });
  return me;
}

interface AllauthAnswer {
  errors?: { message: string; code: string; param?: string }[];
}

/** Problems that say the same of any of allauth's operations. */
const signInProblems: Record<number, Omit<Problem, "extra" | "status">> = {
  403: {
    type: "csrf",
    title: "This page has been open for too long",
    detail: "Load the page again, then sign in.",
  },
};

/** Whether one is in, or a second factor is still asked for. */
export type SignedIn = "in" | "second-factor";

async function signIn(email: string, password: string, remember: boolean): Promise<SignedIn> {
  const body = { email, password, remember };
  const response = await send("POST", "/_allauth/browser/v1/auth/login", { body });
  // 409: this browser is signed in already, perhaps in another tab.
  if (response.ok || response.status === 409) return "in";
  if ((await pendingFactors(response)).length > 0) return "second-factor";
  const answer = (await response.json().catch(() => ({}))) as AllauthAnswer;
  if (response.status === 429) throw new ProblemError(parseProblem(429, answer));
  const known = signInProblems[response.status];
  const message = answer.errors?.map((error) => error.message).join(" ");
  throw new ProblemError({
    status: response.status,
    type: "sign-in-failed",
    title: "Signing in did not work",
    detail: message || "The server did not accept this. Please try again.",
    extra: {},
    ...known,
  });
}

async function signOut(): Promise<void> {
  // allauth answers 401 to tell that nobody is signed in now.
  const response = await send("DELETE", "/_allauth/browser/v1/auth/session");
  if (!response.ok && response.status !== 401) {
    throw new ProblemError({
      status: response.status,
      type: "sign-out-failed",
      title: "Signing out did not work",
      detail: "You are still signed in. Please try again.",
      extra: {},
    });
  }
}

/** What allauth answers to a form of ours, as a problem with its messages by field. */
export async function allauthProblem(response: Response, title: string): Promise<ProblemError> {
  const answer = (await response.json().catch(() => ({}))) as AllauthAnswer;
  const problem = parseProblem(response.status, answer);
  // What a page has to do about these is the same wherever they come from.
  if (problem.type === "recent-sign-in-needed" || problem.status === 429) return new ProblemError(problem);
  const errors = answer.errors ?? [];
  return new ProblemError({
    status: response.status,
    type: errors[0]?.code ?? "refused",
    title,
    detail:
      errors.map((error) => error.message).join(" ") || "The server did not accept this. Please try again.",
    ...signInProblems[response.status],
    extra: { errors: errors.map(({ param, message }) => ({ field: param, message })) },
  });
}

async function changePassword(current: string | null, wanted: string): Promise<void> {
  const body = { ...(current === null ? {} : { current_password: current }), new_password: wanted };
  const response = await send("POST", "/_allauth/browser/v1/account/password/change", { body });
  if (!response.ok) throw await allauthProblem(response, "The password was not changed");
}

/** Ask for a code by e-mail. Whether there is such an account is not told. */
export async function requestCode(
  kind: "sign-in" | "reset",
  email: string,
  remember: boolean,
): Promise<void> {
  const path = kind === "sign-in" ? "code/request" : "password/request";
  const response = await send("POST", `/_allauth/browser/v1/auth/${path}`, { body: { email, remember } });
  // 401 says that the code has still to be entered.
  if (!response.ok && response.status !== 401) throw await allauthProblem(response, "No code was sent");
}

const codeOver: Problem = {
  status: 409,
  type: "code-over",
  title: "This code has ended",
  detail: "It was tried too often, or it is older than ten minutes. Ask for a new one.",
  extra: {},
};

async function enterCode(path: string, body: Record<string, string>): Promise<SignedIn> {
  const response = await send("POST", `/_allauth/browser/v1/auth/${path}`, { body });
  if ((await pendingFactors(response)).length > 0) return "second-factor";
  if (response.ok || response.status === 401) return "in";
  if (response.status === 409) throw new ProblemError(codeOver);
  throw await allauthProblem(response, "The code was not accepted");
}

export function fetchOwnerLink(token: string): Promise<OwnerLink> {
  return request<OwnerLink>("GET", `/api/owner-links/${encodeURIComponent(token)}`);
}

export function fetchInvitationLink(token: string): Promise<InvitationLink> {
  return request<InvitationLink>("GET", `/api/invitation-links/${encodeURIComponent(token)}`);
}

const otherTabs = new BroadcastChannel("interview-stream.session");

/** A new password brings a new session, and the old one ends a moment before the browser learns of it: not a sign-out. */
let isRenewing = false;

async function renewing(act: () => Promise<void>): Promise<void> {
  isRenewing = true;
  otherTabs.postMessage("renewing");
  try {
    await act();
  } finally {
    isRenewing = false;
    otherTabs.postMessage("changed");
  }
}

/** For whom and for which organisation the server answers. */
function identityOf(me: Me | undefined): string {
  return `${me?.user?.id} ${me?.organisation?.id}`;
}

/** Unsent edits belong to an account: they go out while it is signed in here. */
function sendEditsOfWhoeverIsHere(queryClient: QueryClient): void {
  let account: string | undefined;
  queryClient.getQueryCache().subscribe(({ query }) => {
    if (query.queryKey[0] !== meQuery.queryKey[0]) return;
    const me = query.state.data as Me | undefined;
    const now = me?.user && me.organisation ? identityOf(me) : "";
    if (now === account) return;
    account = now;
    speakFor(queryClient, now);
  });
}

/** Keeps this tab true to the session: when another tab signs in or out, and when the server says that it has ended. */
export function followSession(queryClient: QueryClient, reload: () => Promise<void>): void {
  sendEditsOfWhoeverIsHere(queryClient);
  const follow = async () => {
    const before = identityOf(queryClient.getQueryData(meQuery.queryKey));
    if (isRenewing) return;
    const me = await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
    // A call goes on: its own token carries it, and losing the page would lose the call.
    if (identityOf(me) === before || location.pathname.endsWith("/room")) return;
    forgetTheOther(queryClient);
    await reload();
  };
  const quietly = () => void follow().catch(() => {});
  otherTabs.onmessage = ({ data }: MessageEvent<string>) => {
    isRenewing = data === "renewing";
    if (isRenewing) return;
    // It may be the same person under a new session.
    live.restart();
    quietly();
  };
  whenSignedOut(quietly);
}

/** Whose data everything is has changed: what is cached of the one before must go. The page itself watches `me`. */
function forgetTheOther(queryClient: QueryClient): void {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
  live.restart();
}

export function useSession() {
  const queryClient = useQueryClient();
  const start = async (me?: Me) => {
    const before = identityOf(queryClient.getQueryData(meQuery.queryKey));
    if (me) queryClient.setQueryData(meQuery.queryKey, me);
    const now = me ?? (await queryClient.fetchQuery({ ...meQuery, staleTime: 0 }));
    // The same person under a new session sees the same, through a new socket.
    if (identityOf(now) === before) live.restart();
    else forgetTheOther(queryClient);
    otherTabs.postMessage("changed");
  };
  /** Nothing has changed yet while a second factor is asked for. */
  const startWhenIn = async (signedIn: SignedIn) => {
    if (signedIn === "in") await start();
    return signedIn;
  };
  return {
    signIn: async (email: string, password: string, remember: boolean) =>
      startWhenIn(await signIn(email, password, remember)),
    signInByCode: async (code: string) => startWhenIn(await enterCode("code/confirm", { code })),
    signInByPasskey: async (remember: boolean) => {
      await provePasskey("login", remember);
      await start();
    },
    /** Waits for a passkey to be chosen where the browser offers them; false when the offer ended without one. */
    signInByOfferedPasskey: async (remember: () => boolean) => {
      const isIn = await signInByOfferedPasskey(remember);
      if (isIn) await start();
      return isIn;
    },
    /** The second step: a code, or (null) a passkey. */
    enterSecondFactor: async (code: string | null) => {
      await (code === null ? provePasskey("authenticate") : enterSecondCode(code));
      await start();
    },
    /** All sessions of the account end, and this browser signs in with what was just chosen. */
    resetPassword: async (email: string, code: string, password: string) => {
      await enterCode("password/reset", { key: code, password });
      return startWhenIn(await signIn(email, password, true));
    },
    /** Asks again who one is, after that has changed on the server. */
    refresh: () => start(),
    signOut: async () => {
      await signOut();
      await start();
    },
    createOwner: async (token: string, owner: OwnerIn) => {
      await start(
        await request<Me>("POST", `/api/owner-links/${encodeURIComponent(token)}`, { body: owner }),
      );
    },
    acceptInvitation: async (token: string, body: AcceptIn) => {
      await start(await request<Me>("POST", `/api/invitation-links/${encodeURIComponent(token)}`, { body }));
    },
    /** For the address that was shown in this browser before. */
    signUp: async (body: AcceptIn) => {
      await start(await request<Me>("POST", "/api/sign-up/account", { body }));
    },
    switchOrganisation: async (id: string) => {
      await start(await request<Me>("PUT", "/api/me/organisation", { body: { organisation_id: id } }));
    },
    changeProfile: async (profile: ProfileIn) => {
      queryClient.setQueryData(meQuery.queryKey, await request<Me>("PATCH", "/api/me", { body: profile }));
    },
    chooseMails: async (wanted: MailChoices) => {
      queryClient.setQueryData(meQuery.queryKey, await request<Me>("PUT", "/api/me/mails", { body: wanted }));
    },
    /** The page has the colours already; a device without the network keeps them for itself. */
    chooseTheme: async (theme: Theme) => {
      queryClient.setQueryData(
        meQuery.queryKey,
        await request<Me>("PUT", "/api/me/theme", { body: { theme } }),
      );
    },
    /** Leaves for a page that says goodbye, loaded anew: nothing of the account stays in this tab. */
    deleteAccount: async (email: string) => {
      isRenewing = true;
      try {
        await request<void>("POST", "/api/me/delete", { body: { email } });
      } catch (error) {
        isRenewing = false;
        throw error;
      }
      otherTabs.postMessage("changed");
      location.assign("/goodbye");
    },
    /** The session gets a new key on the way, so that all tabs have to show it anew. */
    changePassword: async (current: string | null, wanted: string) => {
      await renewing(() => changePassword(current, wanted));
      await start();
    },
    changeOrganisation: async (wanted: OrganisationIn) => {
      await start(await request<Me>("PATCH", "/api/organisation", { body: wanted }));
    },
    transferOwnership: async (membershipId: number) => {
      const body = { membership_id: membershipId };
      await start(await request<Me>("POST", "/api/organisation/transfer", { body }));
    },
    deleteOrganisation: async (name: string) => {
      await start(await request<Me>("POST", "/api/organisation/delete", { body: { name } }));
    },
    keepOrganisation: async () => {
      await start(await request<Me>("POST", "/api/organisation/keep"));
    },
    leaveOrganisation: async () => {
      await start(await request<Me>("POST", "/api/organisation/leave"));
    },
  };
}
