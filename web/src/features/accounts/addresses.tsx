import { PlusIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { askForAddress, confirmAddress, makePrimary, removeAddress } from "@/api/addresses";
import { useLive } from "@/api/live";
import { useSession } from "@/api/session";
import type { Address } from "@/api/types";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { CodeInput } from "./code-input";
import { ConfirmButton } from "./confirm-button";
import { EmailField } from "./email-field";
import { useActing } from "./use-acting";

/** The addresses that sign in to this account; one is the primary, which people see and e-mails go to. */
export function Addresses() {
  const addresses = useLive("addresses.list", {});
  const [isAdding, setIsAdding] = useState(false);
  return (
    <section>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">E-mail addresses</h2>
          <p className="mt-0.5 text-muted-foreground">
            Each signs you in. E-mails go to the primary one, and colleagues see it.
          </p>
        </div>
        <Button variant="outline" onClick={() => setIsAdding(true)}>
          <PlusIcon aria-hidden="true" />
          Add address
        </Button>
      </div>
      {addresses.problem && <ProblemNotice problem={addresses.problem} />}
      {addresses.isPending && <Skeleton className="h-14 rounded-xl" />}
      {addresses.data && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {addresses.data.map((address) => (
            <AddressRow key={address.id} address={address} />
          ))}
        </ul>
      )}
      <Dialog open={isAdding} onOpenChange={setIsAdding}>
        <DialogContent>
          <AddAddress onDone={() => setIsAdding(false)} />
        </DialogContent>
      </Dialog>
    </section>
  );
}

function AddressRow({ address }: { address: Address }) {
  const session = useSession();
  const { id, email } = address;
  const promote = () =>
    void makePrimary(id)
      .then(session.refresh)
      .then(() => toast(`${email} is your primary address now`), toastProblem);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
      <p className="min-w-0 flex-1 break-all">{email}</p>
      {address.is_primary ? (
        <Badge variant="live">Primary</Badge>
      ) : (
        <div className="flex gap-1">
          <Button variant="ghost" size="sm" aria-label={`Make ${email} primary`} onClick={promote}>
            Make primary
          </Button>
          <ConfirmButton
            variant="ghost"
            size="sm"
            aria-label={`Remove ${email}`}
            title="Remove this address?"
            consequence={`${email} signs you in no more.`}
            act="Remove"
            onConfirm={() =>
              void removeAddress(id).then(() => toast("The address has been removed"), toastProblem)
            }
          >
            Remove
          </ConfirmButton>
        </div>
      )}
    </li>
  );
}

/** First the address, then the code that went to it. */
function AddAddress({ onDone }: { onDone: () => void }) {
  const [email, setEmail] = useState<string | null>(null);
  const { errors, notice, isBusy, run } = useActing();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get(email === null ? "email" : "code")).trim();
    void run(async () => {
      if (email === null) {
        await askForAddress(typed);
        setEmail(typed);
      } else {
        await confirmAddress(typed);
        toast(`${email} has been added`);
        onDone();
      }
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <DialogHeader>
        <DialogTitle>Add an address</DialogTitle>
        <DialogDescription className="break-words">
          {email === null
            ? "A code goes there, to show that it is yours."
            : `A code is on its way to ${email}. It works for ten minutes.`}
        </DialogDescription>
      </DialogHeader>
      {notice}
      {email === null ? (
        <EmailField autoFocus autoComplete="email" error={errors.email} />
      ) : (
        <Field label="Code" error={errors.code}>
          {(control) => <CodeInput {...control} autoFocus />}
        </Field>
      )}
      <Button type="submit" size="lg" disabled={isBusy}>
        {email === null ? "Send the code" : "Add"}
      </Button>
    </form>
  );
}
