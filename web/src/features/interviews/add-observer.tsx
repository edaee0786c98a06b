import { PlusIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { problemOf } from "@/api/client";
import { useAddObserver } from "@/api/interviews";
import { useLive } from "@/api/live";
import type { Interview, ObserverIn } from "@/api/types";
import { Field } from "@/components/field";
import { PersonAvatar } from "@/components/person-avatar";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";

/** A colleague by one press, or somebody from outside by name. */
export function AddObserver({ interview }: { interview: Interview }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="outline" size="sm">
          <PlusIcon />
          Add an observer
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Add an observer</DialogTitle>
          <DialogDescription>
            They see and hear the call. Nobody sees or hears them, but everybody sees their name in the list.
          </DialogDescription>
        </DialogHeader>
        <ObserverForm interview={interview} close={() => setIsOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

function ObserverForm({ interview, close }: { interview: Interview; close: () => void }) {
  const add = useAddObserver(interview.id);
  const colleagues = useLive("interviewers.list", {}).data ?? [];
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const busy = new Set([...interview.interviewers.map(({ id }) => id)]);
  for (const { user_id } of interview.observers) if (user_id !== null) busy.add(user_id);
  const free = colleagues.filter(({ id }) => !busy.has(id));
  // The form shows what the mutation failed of.
  const run = (who: ObserverIn) => void add.mutateAsync(who).then(close, () => {});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run({ name: name.trim(), email: email.trim() || null });
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {add.error && <ProblemNotice problem={problemOf(add.error)} />}
      {free.length > 0 && (
        <div className="grid gap-2">
          <p className="font-medium">A colleague</p>
          <div className="flex max-h-40 flex-wrap gap-2 overflow-y-auto">
            {free.map(({ id, name: colleague }) => (
              <Button
                key={id}
                variant="outline"
                size="sm"
                className="rounded-full pl-1"
                disabled={add.isPending}
                onClick={() => run({ user_id: id })}
              >
                <PersonAvatar name={colleague} userId={id} className="size-6 text-[10px]" />
                {colleague}
              </Button>
            ))}
          </div>
        </div>
      )}
      <Field label="Somebody else" hint="They get a personal link, without an account.">
        {(control) => (
          <Input
            {...control}
            value={name}
            onChange={(event) => setName(event.target.value)}
            placeholder="Name"
            maxLength={100}
            autoComplete="off"
          />
        )}
      </Field>
      <Field label="E-mail" aside="optional">
        {(control) => (
          <Input
            {...control}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            maxLength={254}
            autoComplete="off"
          />
        )}
      </Field>
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={add.isPending || name.trim() === ""}>
          Add
        </Button>
      </DialogFooter>
    </form>
  );
}
