import { useChangeRole, useRemoveMember } from "@/api/members";
import { type Member as SignedIn, useSession } from "@/api/session";
import type { Member, Role } from "@/api/types";
import { PersonAvatar } from "@/components/person-avatar";
import { toast, toastProblem } from "@/components/toaster";
import { Badge } from "@/components/ui/badge";
import { ConfirmButton } from "./confirm-button";
import { RoleSelect } from "./role-select";
import { roleWords } from "./roles";

interface MemberRowProps {
  member: Member;
  me: SignedIn;
  /** The roles that I may give. */
  roles: Role[];
  onLeft: () => void;
}

export function MemberRow({ member, me, roles, onLeft }: MemberRowProps) {
  const isMe = member.user_id === me.user.id;
  const canChange = roles.includes(member.role);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <PersonAvatar name={member.name} userId={member.user_id} className="size-9" />
      <div className="min-w-40 flex-1">
        <p className="flex items-center gap-2 break-words font-medium">
          <bdi>{member.name}</bdi>
          {isMe && <Badge variant="secondary">You</Badge>}
        </p>
        <p className="break-all text-[13px] text-muted-foreground">{member.email}</p>
      </div>
      <div className="flex items-center gap-2 max-sm:w-full max-sm:pl-13">
        {canChange ? (
          <ChangeRole member={member} roles={roles} />
        ) : (
          <span className="px-3 text-muted-foreground">{roleWords[member.role].label}</span>
        )}
        {isMe ? (
          <Leave organisation={me.organisation.name} onLeft={onLeft} />
        ) : (
          canChange && <Remove member={member} organisation={me.organisation.name} />
        )}
      </div>
    </li>
  );
}

function ChangeRole({ member, roles }: { member: Member; roles: Role[] }) {
  const change = useChangeRole(member.id);
  const run = (role: Role) => {
    const undo = () => void change.mutateAsync(member.role).catch(toastProblem);
    change.mutateAsync(role).then(
      () =>
        toast(`${member.name} is now ${roleWords[role].label.toLowerCase()}`, {
          action: { label: "Undo", run: undo },
        }),
      toastProblem,
    );
  };
  return (
    <RoleSelect
      value={member.role}
      roles={roles}
      onChange={run}
      label={`Role of ${member.name}`}
      disabled={change.isPending}
      className="w-36"
    />
  );
}

function Remove({ member, organisation }: { member: Member; organisation: string }) {
  const remove = useRemoveMember(member.id);
  return (
    <ConfirmButton
      variant="ghost"
      size="sm"
      className="w-20"
      disabled={remove.isPending}
      aria-label={`Remove ${member.name}`}
      title={`Remove ${member.name}?`}
      consequence={`They lose ${organisation} at once, on every page they have open. Their interviews and recordings stay.`}
      act="Remove"
      onConfirm={() =>
        void remove.mutateAsync().then(() => toast(`${member.name} has been removed`), toastProblem)
      }
    >
      Remove
    </ConfirmButton>
  );
}

function Leave({ organisation, onLeft }: { organisation: string; onLeft: () => void }) {
  const session = useSession();
  return (
    <ConfirmButton
      variant="ghost"
      size="sm"
      className="w-20"
      title={`Leave ${organisation}?`}
      consequence="You lose its interviews and recordings at once. To come back you need a new invitation."
      act="Leave"
      onConfirm={() => void session.leaveOrganisation().then(onLeft, toastProblem)}
    >
      Leave
    </ConfirmButton>
  );
}
