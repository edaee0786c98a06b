import { useMutation, useQuery } from "@tanstack/react-query";
import { KeyRoundIcon } from "lucide-react";
import { problemOf, request } from "@/api/client";
import type { SignInProvider } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";

/** What a provider's answer comes to, where it is not an account. */
const refusals: Record<string, { title: string; detail: string }> = {
  not_invited: {
    title: "There is no account for you yet",
    detail: "Ask an owner or admin of your team to invite the address that you have there, then try again.",
  },
  no_address: {
    title: "No e-mail address came along",
    detail:
      "The provider did not confirm an e-mail address of yours. Confirm it there, or sign in another way.",
  },
  wrong_domain: {
    title: "This address does not sign in here",
    detail: "Use the account of your company, or sign in another way.",
  },
  cancelled: {
    title: "You did not sign in",
    detail: "The provider was told to stop. Try again when you are ready.",
  },
};

const failed = {
  title: "Signing in there did not work",
  detail: "The answer of the provider could not be used. Try again, or sign in another way.",
};

export function ProviderRefusal({ code }: { code: string }) {
  return <ProblemNotice problem={{ type: code, status: 403, extra: {}, ...(refusals[code] ?? failed) }} />;
}

interface ProviderButtonsProps {
  next: string | undefined;
  isRemembered: boolean;
}

/** One button for each identity provider that the installation knows; nothing where there is none. */
export function ProviderButtons({ next, isRemembered }: ProviderButtonsProps) {
  const providers = useQuery({
    queryKey: ["sign-in-providers"],
    queryFn: ({ signal }) => request<SignInProvider[]>("GET", "/api/sign-in-providers", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const start = useMutation({
    mutationFn: (id: string) =>
      request<{ url: string }>("POST", `/api/sign-in-providers/${id}/start`, {
        // Leads on to where one wanted to go, unless a second factor is asked for.
        body: {
          next_path: `/sign-in/second-factor${next ? `?next=${encodeURIComponent(next)}` : ""}`,
          remember: isRemembered,
        },
      }),
    onSuccess: ({ url }) => location.assign(url),
  });
  if (!providers.data?.length) return null;
  return (
    <section aria-label="Other ways to sign in" className="mt-6 grid gap-3">
      <div className="flex items-center gap-3 text-muted-foreground text-sm">
        <span className="h-px flex-1 bg-border" />
        or
        <span className="h-px flex-1 bg-border" />
      </div>
      {start.error && <ProblemNotice problem={problemOf(start.error)} />}
      {providers.data.map(({ id, name }) => (
        <Button
          key={id}
          type="button"
          variant="outline"
          size="xl"
          className="h-11"
          disabled={start.isPending || start.isSuccess}
          onClick={() => start.mutate(id)}
        >
          <KeyRoundIcon aria-hidden="true" />
          Continue with {name}
        </Button>
      ))}
    </section>
  );
}
