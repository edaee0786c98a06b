import { useNavigate } from "@tanstack/react-router";
import { ChevronsUpDownIcon, LogOutIcon } from "lucide-react";
import { isMember, useMe, useSession } from "@/api/session";
import { PersonAvatar } from "@/components/person-avatar";
import { ThemeItems } from "@/components/theme-menu";
import { toastProblem } from "@/components/toaster";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";

/** Who one is, the colours, and the way out. `wide` shows the name beside the picture. */
export function UserMenu({ wide = false }: { wide?: boolean }) {
  const me = useMe();
  const session = useSession();
  const navigate = useNavigate();
  if (!isMember(me)) return null;
  const signOut = async () => {
    try {
      await session.signOut();
      await navigate({ to: "/" });
    } catch (error) {
      toastProblem(error);
    }
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={wide ? undefined : "Account"}
        className={
          wide
            ? "flex w-full items-center gap-2.5 rounded-lg p-2 text-left transition-colors hover:bg-accent"
            : "rounded-full"
        }
      >
        <PersonAvatar name={me.user.name} />
        {wide && (
          <>
            <span className="min-w-0 flex-1 leading-tight">
              <span className="block truncate font-medium">{me.user.name}</span>
              <span className="block truncate text-muted-foreground text-xs">{me.organisation.name}</span>
            </span>
            <ChevronsUpDownIcon className="size-4 shrink-0 text-muted-foreground" />
          </>
        )}
      </DropdownMenuTrigger>
      <DropdownMenuContent align={wide ? "start" : "end"} className="w-60">
        <DropdownMenuLabel>
          <span className="block truncate text-foreground text-sm">{me.user.name}</span>
          <span className="block truncate font-normal">{me.user.email}</span>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <ThemeItems />
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={signOut}>
          <LogOutIcon />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
