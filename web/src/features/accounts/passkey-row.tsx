import { KeyRoundIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { removePasskey, renamePasskey } from "@/api/passkeys";
import type { Passkey } from "@/api/types";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { ConfirmButton } from "./confirm-button";
import { FactorRow } from "./factor-row";

/** One passkey: its name, which its owner can change, and when it was used. */
export function PasskeyRow({ passkey, usedAt }: { passkey: Passkey; usedAt: string }) {
  const [isRenaming, setIsRenaming] = useState(false);
  const rename = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    setIsRenaming(false);
    if (name !== "" && name !== passkey.name) await renamePasskey(passkey.id, name).catch(toastProblem);
  };
  const remove = () =>
    void removePasskey(passkey.id).then(() => toast("The passkey has been removed"), toastProblem);
  const title = isRenaming ? (
    <form onSubmit={rename} className="flex gap-2">
      <Input
        name="name"
        aria-label="Name of the passkey"
        defaultValue={passkey.name}
        maxLength={100}
        autoFocus
        onKeyDown={(event) => event.key === "Escape" && setIsRenaming(false)}
        className="h-8"
      />
      <Button type="submit" size="sm">
        Save
      </Button>
    </form>
  ) : (
    passkey.name
  );
  return (
    <FactorRow icon={KeyRoundIcon} title={title} says={usedAt}>
      {!isRenaming && (
        <>
          <Button
            variant="ghost"
            size="sm"
            aria-label={`Rename the passkey ${passkey.name}`}
            onClick={() => setIsRenaming(true)}
          >
            Rename
          </Button>
          <ConfirmButton
            variant="ghost"
            size="sm"
            aria-label={`Remove the passkey ${passkey.name}`}
            title={`Remove ${passkey.name}?`}
            consequence="It signs you in no more. Remove it from your device or password store too."
            act="Remove"
            onConfirm={remove}
          >
            Remove
          </ConfirmButton>
        </>
      )}
    </FactorRow>
  );
}
