import { type FormEvent, useState } from "react";
import { useSession } from "@/api/session";
import { Field } from "@/components/field";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/input";

/** The organisation's name, which candidates see when they open their link. */
export function OrganisationName({ name, canRename }: { name: string; canRename: boolean }) {
  const session = useSession();
  const [draft, setDraft] = useState(name);
  const [isBusy, setIsBusy] = useState(false);
  if (!canRename) return null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    await session.renameOrganisation(draft.trim()).then(() => toast("Saved"), toastProblem);
    setIsBusy(false);
  };
  return (
    <Card className="p-5">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <div className="min-w-56 flex-1">
          <Field label="Organisation" aside="seen by candidates">
            {(control) => (
              <Input
                {...control}
                value={draft}
                onChange={(event) => setDraft(event.target.value)}
                maxLength={100}
                required
              />
            )}
          </Field>
        </div>
        <Button
          type="submit"
          variant="outline"
          disabled={isBusy || draft.trim() === "" || draft.trim() === name}
        >
          Rename
        </Button>
      </form>
    </Card>
  );
}
