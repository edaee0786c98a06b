import { createFileRoute, redirect, useNavigate, useRouter } from "@tanstack/react-router";
import { isMember, meQuery, requireFactor, type SignedIn, useMe } from "@/api/session";
import { SignInPage } from "@/features/accounts/sign-in-page";
import { safeNext } from "@/lib/safe-next";

export const Route = createFileRoute("/sign-in")({
  // `error` comes with whom an identity provider sends back without an account.
  validateSearch: (search): { next?: string; error?: string } => ({
    next: safeNext(search.next),
    error: typeof search.error === "string" ? search.error : undefined,
  }),
  beforeLoad: async ({ context, search }) => {
    const me = await context.queryClient.ensureQueryData(meQuery);
    requireFactor(me, search.next);
    if (isMember(me)) throw redirect({ href: search.next ?? "/" });
  },
  component: SignInRoute,
});

function SignInRoute() {
  const { next, error } = Route.useSearch();
  const me = useMe();
  const navigate = useNavigate();
  const router = useRouter();
  const goOn = async (signedIn: SignedIn) => {
    if (signedIn === "second-factor") return navigate({ to: "/sign-in/second-factor", search: { next } });
    await router.invalidate();
    await navigate({ href: next ?? "/", replace: true });
  };
  return <SignInPage hasOwner={me.has_owner} next={next} refusal={error} onSignedIn={goOn} />;
}
