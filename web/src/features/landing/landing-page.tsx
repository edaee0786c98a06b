import { Link } from "@tanstack/react-router";
import room from "@/assets/room.webp";
import { Brand } from "@/components/brand";
import { JoinByLink } from "@/components/join-by-link";
import { TextLink } from "@/components/text-link";
import { ThemeMenu } from "@/components/theme-menu";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/hooks/use-title";

/** For whoever is not signed in: what this is, the way in for members, and the way in for candidates. */
export function LandingPage({ hasOwner }: { hasOwner: boolean }) {
  useTitle(undefined);
  return (
    <div className="flex min-h-dvh flex-col overflow-x-clip">
      <header className="mx-auto flex h-16 w-full max-w-7xl items-center justify-between px-4 md:px-10">
        <Brand />
        <div className="flex items-center gap-1">
          <ThemeMenu />
          <Button asChild variant="ghost">
            <Link to="/sign-in">Sign in</Link>
          </Button>
        </div>
      </header>
      <main className="mx-auto grid w-full max-w-7xl flex-1 content-center gap-12 px-4 pt-8 pb-16 md:px-10 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)] lg:items-center lg:gap-16">
        <div>
          <h1 className="font-semibold text-4xl leading-[1.1] tracking-tight md:text-5xl md:leading-[1.08]">
            Technical interviews on your own server
          </h1>
          <p className="mt-5 text-lg text-muted-foreground leading-7">
            Meet, share screens, record and review. Candidates open one link, with nothing to install.
          </p>
          <div className="mt-9 grid gap-3">
            <h2 className="font-medium">Invited to an interview?</h2>
            <JoinByLink />
          </div>
          <p className="mt-6 text-muted-foreground">
            {hasOwner ? (
              <>
                Interviewing somebody? <TextLink to="/sign-in">Sign in</TextLink>
              </>
            ) : (
              "Just installed? Open the owner link that the server printed when it started."
            )}
          </p>
        </div>
        <RoomPicture />
      </main>
    </div>
  );
}

/** The real room, photographed; on wide screens it runs a little out of the page. */
function RoomPicture() {
  return (
    <div className="min-w-0">
      <img
        src={room}
        width={1920}
        height={1074}
        alt="A call: the candidate's code fills the screen, both faces beside it, and a red sign says that it is recorded."
        fetchPriority="high"
        className="h-auto w-full max-w-none rounded-xl shadow-[0_24px_64px_-16px_rgb(0_0_0/0.35)] ring-1 ring-black/10 lg:w-[min(116%,calc(100%+6rem))] dark:ring-white/10"
      />
    </div>
  );
}
