import { Link, useNavigate } from "@tanstack/react-router";
import {
  CalendarHeartIcon,
  ChevronsUpDownIcon,
  LogOutIcon,
  ServerCogIcon,
  UserRoundIcon,
  UsersIcon,
} from "lucide-react";
import { isMember, type Member, useMe, useSession } from "@/api/session";
import { OrganisationLogo } from "@/components/organisation-logo";
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
        <PersonAvatar name={me.user.name} userId={me.user.id} />
        {wide && (
          <>
            <span className="min-w-0 flex-1 leading-tight">
              <span className="block truncate font-medium">{me.user.name}</span>
              <span className="mt-0.5 flex items-center gap-1.5 text-muted-foreground text-xs">
                {me.organisation.logo_url && (
                  <OrganisationLogo
                    name={me.organisation.name}
                    url={me.organisation.logo_url}
                    className="size-4 rounded"
                  />
                )}
                <span className="truncate">{me.organisation.name}</span>
              </span>
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
        <DropdownMenuItem asChild>
          <Link to="/settings/profile">
            <UserRoundIcon />
            Profile
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link to="/settings/members">
            <UsersIcon />
            Members
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link to="/my-interviews">
            <CalendarHeartIcon />
            My interviews
          </Link>
        </DropdownMenuItem>
        {me.operator_path && (
          <DropdownMenuItem asChild>
            {/* Not of this front end: the server's own pages. */}
            <a href={me.operator_path}>
              <ServerCogIcon />
              Operators' pages
            </a>
          </DropdownMenuItem>
        )}
        <OtherOrganisations me={me} />
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

/** Somebody of several teams works for one at a time; this browser's pages are then all of that one. */
function OtherOrganisations({ me }: { me: Member }) {
  const session = useSession();
  const navigate = useNavigate();
  const others = me.organisations.filter(({ id }) => id !== me.organisation.id);
  if (others.length === 0) return null;
  const switchTo = (id: string) =>
    session.switchOrganisation(id).then(() => navigate({ to: "/" }), toastProblem);
  return (
    <>
      <DropdownMenuSeparator />
      <DropdownMenuLabel>Switch to</DropdownMenuLabel>
      {others.map(({ id, name, logo_url }) => (
        <DropdownMenuItem key={id} onSelect={() => void switchTo(id)}>
          <OrganisationLogo name={name} url={logo_url} className="size-5 rounded text-[11px]" />
          <span className="truncate">{name}</span>
        </DropdownMenuItem>
      ))}
    </>
  );
}
