import type { FormEvent } from "react";
import { activateTotp, fetchRecoveryCodes } from "@/api/second-factors";
import type { TotpDraft } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { Field } from "@/components/field";
import { Button } from "@/components/ui/button";
import { DialogDescription, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { CodeInput } from "./code-input";
import { useActing } from "./use-acting";

interface TotpSetupProps {
  draft: TotpDraft;
  /** With the recovery codes that came with it, if there were none before. */
  onDone: (codes: string[] | null) => void;
}

/** Inside a dialog: the secret as a picture and as text, and the code that shows that the app has it. */
export function TotpSetup({ draft, onDone }: TotpSetupProps) {
  const { errors, notice, isBusy, run } = useActing();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get("code")).trim();
    void run(async () => {
      await activateTotp(code);
      onDone(await fetchRecoveryCodes());
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <DialogHeader>
        <DialogTitle>Set up an authenticator app</DialogTitle>
        <DialogDescription>
          Scan this with your authenticator app, then type the code that it shows.
        </DialogDescription>
      </DialogHeader>
      <img
        src={`data:image/svg+xml,${encodeURIComponent(draft.qr_svg)}`}
        alt="QR code of the secret below"
        className="mx-auto size-48 rounded-lg bg-white p-1"
      />
      <div className="flex items-center gap-2 rounded-lg bg-secondary py-1.5 pr-1.5 pl-3">
        <code data-testid="totp-secret" className="min-w-0 flex-1 break-words font-mono text-[13px]">
          {draft.secret.match(/.{1,4}/g)?.join(" ")}
        </code>
        <CopyButton text={draft.secret} label="Copy" variant="ghost" size="sm" />
      </div>
      {notice}
      <Field label="Code from the app" error={errors.code}>
        {(control) => <CodeInput {...control} inputMode="numeric" placeholder="123456" autoFocus />}
      </Field>
      <Button type="submit" size="lg" disabled={isBusy}>
        {isBusy ? "Checking…" : "Turn on"}
      </Button>
    </form>
  );
}
