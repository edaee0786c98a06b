import {
  CalendarIcon,
  CircleDotIcon,
  ClipboardListIcon,
  type LucideIcon,
  MonitorSmartphoneIcon,
  UsersIcon,
} from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { problemOf } from "@/api/client";
import { useNameGuest, usePlaceGuest } from "@/api/interviews";
import type { GuestView } from "@/api/types";
import { Field } from "@/components/field";
import { OrganisationLogo } from "@/components/organisation-logo";
import { PersonAvatar } from "@/components/person-avatar";
import { ProblemNotice } from "@/components/problem-notice";
import { ThemeMenu } from "@/components/theme-menu";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { fieldErrors } from "@/lib/field-errors";
import { listOf } from "@/lib/locale";
import { isolated } from "@/lib/person";
import { browserZone, lengthOf, longDay, nearness, ownTimeStyle, timeRange, zoneName } from "@/lib/time";

import { GuestResume } from "./guest-resume";
import { KINDS } from "./kinds";
import { SlotChoice } from "./slot-choice";

interface GuestInvitationProps {
  view: GuestView;
  guestToken: string;
  onReady: () => void;
}

/** Who, what, when, what is recorded; one question, one button. */
export function GuestInvitation({ view, guestToken, onReady }: GuestInvitationProps) {
  const { interview } = view;
  useTitle(interview.title);
  useTellZone(view, guestToken);
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-16 items-center justify-between gap-3 px-5 md:px-8">
        <p className="flex min-w-0 items-center gap-2.5 font-semibold">
          <OrganisationLogo name={interview.organisation_name} url={interview.organisation_logo_url} />
          <span className="truncate">{interview.organisation_name}</span>
        </p>
        <ThemeMenu />
      </header>
      <main className="mx-auto w-full max-w-lg flex-1 px-5 pt-[6dvh] pb-16 text-base leading-6">
        <p className="text-muted-foreground">
          {view.is_observer ? "You are invited to watch an interview" : "You are invited to an interview"}
        </p>
        <h1 className="mt-2 break-words font-semibold text-3xl leading-[1.15] tracking-tight">
          {interview.title}
        </h1>
        <Facts view={view} />
        <SlotChoice view={view} guestToken={guestToken} />
        <GuestForm view={view} guestToken={guestToken} onReady={onReady} />
        {view.is_resume_wanted && <GuestResume interviewId={interview.id} guestToken={guestToken} />}
      </main>
    </div>
  );
}

/** Once per visit; nothing depends on it, so a failure is nobody's business. */
function useTellZone(view: GuestView, guestToken: string) {
  const { mutate } = usePlaceGuest(guestToken);
  const isKnown = view.is_observer || view.guest.time_zone === browserZone();
  useEffect(() => {
    if (!isKnown) mutate(browserZone());
  }, [isKnown, mutate]);
}

function Facts({ view }: { view: GuestView }) {
  const { interview } = view;
  return (
    <ul className="mt-8 grid gap-5">
      <Fact icon={CalendarIcon}>
        <WhenFact view={view} />
      </Fact>
      {interview.interviewers.length > 0 && (
        <Fact icon={UsersIcon}>With {listOf(interview.interviewers.map(isolated))}</Fact>
      )}
      <Fact icon={ClipboardListIcon}>
        {interview.kind === "other" ? "Interview" : KINDS[interview.kind]},{" "}
        {lengthOf(interview.duration_minutes * 60)}
        {interview.description && (
          <span className="block whitespace-pre-line font-normal text-muted-foreground">
            {interview.description}
          </span>
        )}
      </Fact>
      <Fact icon={MonitorSmartphoneIcon}>
        A video call in this browser
        <Aside>Nothing to install, no account. You check camera and microphone before anyone sees you.</Aside>
      </Fact>
      <Fact icon={CircleDotIcon}>
        <RecordingFact view={view} />
      </Fact>
    </ul>
  );
}

function RecordingFact({ view }: { view: GuestView }) {
  if (view.is_recording) {
    return (
      <>
        The call is being recorded right now
        <Aside>Your picture, voice and shared screen are part of it from when you join.</Aside>
      </>
    );
  }
  if (!view.is_recording_planned) {
    return (
      <>
        No recording is planned
        <Aside>Should that change, you are asked first, and a red sign shows it to everyone.</Aside>
      </>
    );
  }
  return (
    <>
      The call may be recorded
      <Aside>A red sign shows it to everyone, the whole time. Ask your interviewer who gets to see it.</Aside>
    </>
  );
}

function WhenFact({ view: { interview, slots } }: { view: GuestView }) {
  const now = useNow();
  if (interview.state === "live") {
    return (
      <>
        Happening now
        <Aside>Your interviewer is in the call.</Aside>
      </>
    );
  }
  if (interview.scheduled_for === null && slots.length > 0) {
    return (
      <>
        You choose the time
        <Aside>Take one of those below.</Aside>
      </>
    );
  }
  if (interview.scheduled_for === null) {
    return <>As soon as you are ready</>;
  }
  const start = new Date(interview.scheduled_for);
  const style = ownTimeStyle();
  const near = nearness(start, now);
  return (
    <>
      {longDay(start, style)}
      <Aside>
        {timeRange(start, interview.duration_minutes, style)} {zoneName(start, style)}, your time
        {near && near !== "now" && ` · ${near}`}
      </Aside>
    </>
  );
}

function Fact({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <li className="flex gap-4">
      <Icon className="mt-0.5 size-5 shrink-0 text-muted-foreground" aria-hidden="true" />
      <div className="min-w-0 break-words font-medium">{children}</div>
    </li>
  );
}

function Aside({ children }: { children: ReactNode }) {
  return <span className="block font-normal text-muted-foreground">{children}</span>;
}

function GuestForm({ view, guestToken, onReady }: GuestInvitationProps) {
  const knownName = view.guest.name;
  const rename = useNameGuest(guestToken);
  const [isAsking, setIsAsking] = useState(knownName === null);
  const [name, setName] = useState(knownName ?? "");
  const problem = rename.error ? problemOf(rename.error) : null;
  const errors = fieldErrors(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "" || wanted === knownName) {
      if (knownName !== null) onReady();
      return;
    }
    rename.mutate(wanted, { onSuccess: onReady });
  };
  return (
    <form onSubmit={submit} className="mt-10 grid grid-cols-1 gap-5">
      {problem && Object.keys(errors).length === 0 && <ProblemNotice problem={problem} />}
      {isAsking ? (
        <Field label="Your name" hint="As your interviewer should see it." error={errors.name}>
          {(control) => (
            <Input
              {...control}
              data-testid="guest-name"
              value={name}
              onChange={(event) => setName(event.target.value)}
              autoComplete="name"
              maxLength={100}
              required
              className="h-12 text-base md:text-base"
            />
          )}
        </Field>
      ) : (
        <div className="flex items-center gap-3">
          <PersonAvatar name={name} className="size-9" />
          <p className="min-w-0 flex-1 truncate">
            You join as <span className="font-medium">{name}</span>
          </p>
          <Button variant="ghost" size="sm" onClick={() => setIsAsking(true)}>
            Change
          </Button>
        </div>
      )}
      <Button
        type="submit"
        size="xl"
        data-testid="get-ready"
        disabled={rename.isPending || name.trim() === ""}
      >
        {rename.isPending ? "One moment…" : "Get ready"}
      </Button>
    </form>
  );
}
