import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useLive } from "@/api/live";
import { useMe, useSession } from "@/api/session";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/hooks/use-title";
import { AuthLayout } from "./auth-layout";
import { SecondFactors } from "./second-factors";

/** For members whom their organisation lets in only with a second factor: why, setting one up, and the ways out. */
export function FactorNeededPage({ next }: { next: string | undefined }) {
  useTitle("Second step needed");
  const me = useMe();
  const session = useSession();
  const navigate = useNavigate();
  // It stays said whose rule it is once the rule is met: recovery codes are shown after that.
  const [barredFrom, setBarredFrom] = useState(me.barred_from);
  if (me.barred_from && me.barred_from.id !== barredFrom?.id) setBarredFrom(me.barred_from);
  const name = barredFrom?.name ?? me.organisation?.name ?? "";
  const { data: now } = useLive("me.get", {});
  const isLetIn = me.barred_from !== null && now?.user != null && now.barred_from === null;
  const { refresh } = session;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what refreshes is made anew each time
  useEffect(() => {
    if (isLetIn) refresh().catch(toastProblem);
  }, [isLetIn]);
  const others = me.organisations.filter(({ id }) => id !== barredFrom?.id);
  const switchTo = (id: string) =>
    session.switchOrganisation(id).then(() => navigate({ to: "/" }), toastProblem);
  return (
    <AuthLayout
      title={me.barred_from ? `${name} asks for a second step` : "All set"}
      lead={
        me.barred_from
          ? "Its members sign in with an authenticator app or a passkey beside the password. Set one up to go on: it takes a minute."
          : `From now on you sign in to ${name} with your second step.`
      }
    >
      <SecondFactors zone={me.user?.time_zone || undefined} publicUrl={me.public_url} />
      <div className="mt-8 grid gap-3 border-t pt-6">
        {!me.barred_from && (
          <Button
            size="xl"
            className="h-11"
            onClick={() => void navigate({ href: next ?? "/", replace: true })}
          >
            Go on to {name}
          </Button>
        )}
        {me.barred_from &&
          others.map((other) => (
            <Button
              key={other.id}
              variant="outline"
              size="xl"
              className="h-11"
              onClick={() => void switchTo(other.id)}
            >
              <span className="truncate">Go to {other.name} instead</span>
            </Button>
          ))}
        <Button
          variant="ghost"
          onClick={() => void session.signOut().then(() => navigate({ to: "/" }), toastProblem)}
        >
          Sign out
        </Button>
      </div>
    </AuthLayout>
  );
}
