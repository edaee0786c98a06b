import { KeyRoundIcon, LifeBuoyIcon, SmartphoneIcon } from "lucide-react";
import { useState } from "react";
import { useLive } from "@/api/live";
import { addPasskey, canUsePasskeys } from "@/api/passkeys";
import { draftTotp, fetchRecoveryCodes, removeTotp, renewRecoveryCodes } from "@/api/second-factors";
import type { Factors, TotpDraft } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { dayAndTime, ownTimeStyle } from "@/lib/time";
import { ConfirmButton } from "./confirm-button";
import { FactorRow } from "./factor-row";
import { PasskeyRow } from "./passkey-row";
import { RecoveryCodes } from "./recovery-codes";
import { TotpSetup } from "./totp-setup";

/** What the dialog shows: the new app's secret, or codes that are seen this once. */
type Shown = { draft: TotpDraft } | { codes: string[] } | null;

/** Authenticator app, passkeys and recovery codes: setting up, and taking away. */
export function SecondFactors({ zone, publicUrl }: { zone?: string; publicUrl: string }) {
  const factors = useLive("factors.get", {});
  const [shown, setShown] = useState<Shown>(null);
  const isDraft = shown !== null && "draft" in shown;
  const showCodes = (codes: string[] | null) => setShown(codes && { codes });
  return (
    <section>
      <h2 className="font-semibold">Two-step verification</h2>
      <p className="mt-0.5 mb-3 text-muted-foreground">
        With an app or a passkey, a stolen password lets nobody in. A passkey also signs you in by itself.
      </p>
      {factors.problem && <ProblemNotice problem={factors.problem} />}
      {factors.isPending && <Skeleton className="h-36 rounded-xl" />}
      {factors.data && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          <AppRow totp={factors.data.totp} zone={zone} onDraft={(draft) => setShown({ draft })} />
          <PasskeyRows factors={factors.data} zone={zone} publicUrl={publicUrl} onCodes={showCodes} />
          {factors.data.recovery_codes && <CodesRow {...factors.data.recovery_codes} onCodes={showCodes} />}
        </ul>
      )}
      {/* Codes are seen this once: a slip of the finger must not close them. */}
      <Dialog open={shown !== null} onOpenChange={(isOpen) => !isOpen && isDraft && setShown(null)}>
        <DialogContent showCloseButton={isDraft}>
          {isDraft && <TotpSetup draft={shown.draft} onDone={showCodes} />}
          {shown && "codes" in shown && <RecoveryCodes codes={shown.codes} onKept={() => setShown(null)} />}
        </DialogContent>
      </Dialog>
    </section>
  );
}

/** When it was last used, or since when it is there. */
function useWords(zone?: string) {
  const now = useNow();
  const style = { ...ownTimeStyle(), zone };
  return (factor: { created_at: string; last_used_at: string | null }) =>
    factor.last_used_at
      ? `Last used ${dayAndTime(new Date(factor.last_used_at), now, style)}`
      : `Added ${dayAndTime(new Date(factor.created_at), now, style)}, not used yet`;
}

interface AppRowProps {
  totp: Factors["totp"];
  zone?: string;
  onDraft: (draft: TotpDraft) => void;
}

function AppRow({ totp, zone, onDraft }: AppRowProps) {
  const words = useWords(zone);
  const remove = () => void removeTotp().then(() => toast("The app has been removed"), toastProblem);
  return (
    <FactorRow
      icon={SmartphoneIcon}
      title="Authenticator app"
      says={totp ? words(totp) : "Shows a code on your phone, which you type after the password."}
    >
      {totp ? (
        <ConfirmButton
          variant="ghost"
          size="sm"
          aria-label="Remove the authenticator app"
          title="Remove the authenticator app?"
          consequence="Its codes sign you in no more. Without another factor, the password alone does."
          act="Remove"
          onConfirm={remove}
        >
          Remove
        </ConfirmButton>
      ) : (
        <Button
          variant="outline"
          size="sm"
          aria-label="Set up an authenticator app"
          onClick={() => void draftTotp().then(onDraft, toastProblem)}
        >
          Set up
        </Button>
      )}
    </FactorRow>
  );
}

interface PasskeyRowsProps {
  factors: Factors;
  zone?: string;
  publicUrl: string;
  onCodes: (codes: string[] | null) => void;
}

function PasskeyRows({ factors, zone, publicUrl, onCodes }: PasskeyRowsProps) {
  const words = useWords(zone);
  const [isBusy, setIsBusy] = useState(false);
  const { passkeys, most_passkeys: most } = factors;
  const canUse = canUsePasskeys(publicUrl);
  const add = async () => {
    setIsBusy(true);
    try {
      await addPasskey();
      toast("The passkey has been added");
      onCodes(await fetchRecoveryCodes());
    } catch (error) {
      toastProblem(error);
    }
    setIsBusy(false);
  };
  return (
    <>
      {passkeys.map((passkey) => (
        <PasskeyRow key={passkey.id} passkey={passkey} usedAt={words(passkey)} />
      ))}
      <FactorRow
        icon={KeyRoundIcon}
        title={passkeys.length === 0 ? "Passkey" : "Another passkey"}
        says={
          canUse
            ? "Your fingerprint, face or device PIN, on this device or a security key."
            : `Passkeys work at ${publicUrl} only, in a browser of these years.`
        }
      >
        <Button
          variant="outline"
          size="sm"
          aria-label="Add a passkey"
          disabled={isBusy || !canUse || passkeys.length >= most}
          onClick={() => void add()}
        >
          {passkeys.length >= most ? `${most} are the most` : "Add"}
        </Button>
      </FactorRow>
    </>
  );
}

interface CodesRowProps {
  unused: number;
  total: number;
  onCodes: (codes: string[]) => void;
}

function CodesRow({ unused, total, onCodes }: CodesRowProps) {
  return (
    <FactorRow
      icon={LifeBuoyIcon}
      title="Recovery codes"
      says={
        <span className={unused <= 3 ? "text-warning" : undefined}>
          {unused} of {total} left{unused <= 3 && ": make new ones soon"}
        </span>
      }
    >
      <ConfirmButton
        variant="ghost"
        size="sm"
        title="Make new recovery codes?"
        consequence="The codes that you kept end at once. The new ones are shown next, this once."
        act="Make new codes"
        onConfirm={() => void renewRecoveryCodes().then(onCodes, toastProblem)}
      >
        Make new codes
      </ConfirmButton>
    </FactorRow>
  );
}
