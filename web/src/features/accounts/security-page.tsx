import type { Member } from "@/api/session";
import { useTitle } from "@/hooks/use-title";
import { ChangePassword } from "./change-password";
import { SecondFactors } from "./second-factors";
import { SessionList } from "./session-list";

/** How one signs in, and where one is signed in. */
export function SecurityPage({ me }: { me: Member }) {
  useTitle("Security");
  return (
    <div className="grid max-w-2xl gap-8">
      <SecondFactors zone={me.user.time_zone || undefined} publicUrl={me.public_url} />
      <ChangePassword email={me.user.email} />
      <SessionList zone={me.user.time_zone || undefined} />
    </div>
  );
}
