import { UserPlusIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { problemOf } from "@/api/client";
import { useInviteMembers } from "@/api/members";
import type { MemberInvitation, Role } from "@/api/types";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { toast } from "@/components/toaster";
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
import { Textarea } from "@/components/ui/textarea";
import { addressesIn } from "./pasted-addresses";
import { RoleSelect } from "./role-select";
import { roleWords } from "./roles";

export function InviteDialog({ roles }: { roles: Role[] }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button>
          <UserPlusIcon />
          Invite
        </Button>
      </DialogTrigger>
      <DialogContent className="sm:max-w-lg">
        <DialogHeader>
          <DialogTitle>Invite members</DialogTitle>
          <DialogDescription>Each address gets a personal link that works once.</DialogDescription>
        </DialogHeader>
        <InviteForm roles={roles} close={() => setIsOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

function InviteForm({ roles, close }: { roles: Role[]; close: () => void }) {
  const invite = useInviteMembers();
  const [text, setText] = useState("");
  const [role, setRole] = useState<Role>("interviewer");
  const { good, odd } = addressesIn(text);
  const problem = invite.error ? problemOf(invite.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutateAsync({ emails: good, role }).then(
      (all) => {
        close();
        tellInvited(all, good.length);
      },
      // The form shows what the mutation failed of.
      () => {},
    );
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {problem && <ProblemNotice problem={problem} />}
      <Field
        label="E-mail addresses"
        hint="One or many: paste a list, as it is."
        error={odd.length > 0 ? `Not an e-mail address: ${odd.slice(0, 5).join(", ")}` : undefined}
      >
        {(control) => (
          <Textarea
            {...control}
            value={text}
            onChange={(event) => setText(event.target.value)}
            rows={4}
            autoFocus
            spellCheck={false}
            placeholder="nora@example.org, Ole Berg <ole@example.org>"
          />
        )}
      </Field>
      <Field label="Role" hint={roleWords[role].says}>
        {(control) => <RoleSelect id={control.id} value={role} roles={roles} onChange={setRole} />}
      </Field>
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={invite.isPending || good.length === 0 || odd.length > 0}>
          {invite.isPending ? "Inviting…" : good.length > 1 ? `Invite ${good.length}` : "Invite"}
        </Button>
      </DialogFooter>
    </form>
  );
}

function tellInvited(all: MemberInvitation[], count: number): void {
  const isMailed = all.some(({ mail }) => mail !== "off");
  toast(count === 1 ? "One person is invited" : `${count} people are invited`, {
    description: isMailed
      ? "The e-mails are on their way."
      : "No mail server is set up here: copy each link and send it yourself.",
  });
}
