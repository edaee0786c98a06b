/** The call itself: top bar, stage, an area at the side, controls. */
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useLive } from "@/api/live";
import type { RecordingQuestion } from "@/api/types";
import { toastProblem } from "@/components/toaster";
import { WaitingGuests } from "@/components/waiting-guests";
import { useShortcuts } from "@/hooks/use-shortcuts";
import { type CallInfo, endInterview, startRecording, stopRecording, useRunningRecording } from "./api";
import type { CallSession, CallSnapshot } from "./call-session";
import { ConsentDialog } from "./consent-dialog";
import { ControlBar, type RecordingControl } from "./control-bar";
import { LockButton } from "./lock-button";
import { Notices } from "./notices";
import { RoomAudio } from "./room-audio";
import { SidePanel, type SideTab } from "./side-panel";
import { Stage } from "./stage";
import { TopBar } from "./top-bar";
import { useChat } from "./use-chat";

interface RoomProps {
  session: CallSession;
  interviewId: string;
  info: CallInfo | undefined;
  isMember: boolean;
  /** Candidates only. */
  guest: { token: string; question: RecordingQuestion | undefined } | undefined;
  /** What people work on together; it takes the larger part and the faces become a strip. */
  workspace: ReactNode;
  notes: ReactNode;
}

export function Room({ session, interviewId, info, isMember, guest, workspace, notes }: RoomProps) {
  const snapshot = useSyncExternalStore(session.subscribe, session.snapshot);
  const [side, setSide] = useState<SideTab>();
  const toggleSide = (tab: SideTab) => setSide((open) => (open === tab ? undefined : tab));
  const chat = useChat(interviewId, guest?.token);
  const [isConsentOpen, setConsentOpen] = useState(false);
  const door = useLive("calls.door", { interview_id: interviewId }, { enabled: isMember }).data;
  const isRecording = snapshot.isRecording || (info?.isRecording ?? false);
  const recording = useRecordingControl(interviewId, isMember && !info?.isObserver, isRecording);
  const isRecordingNew = useNewly(isRecording, 6000);
  const isAway = useLasting(snapshot.connection !== "connected" && snapshot.connection !== "joining", 1500);
  useAwakeScreen();
  const isObserver = info?.isObserver ?? false;
  useShortcuts({
    m: () => !isObserver && void session.setMicrophone(!snapshot.sending.microphone),
    v: () => !isObserver && void session.setCamera(!snapshot.sending.camera),
    s: () => !isObserver && void session.setScreen(!snapshot.sending.screen),
    p: () => toggleSide("people"),
    c: () => toggleSide("chat"),
  });
  const me = snapshot.people.find((person) => person.isLocal);
  return (
    <div data-testid="room" className="flex h-dvh flex-col overflow-hidden bg-background text-foreground">
      <TopBar
        title={info?.title ?? "Interview"}
        startedAt={snapshot.startedAt}
        durationMinutes={info?.durationMinutes}
        isRecording={isRecording}
        scope={guest?.question?.chosen ?? undefined}
        onShowScope={guest?.question && (() => setConsentOpen(true))}
        connection={snapshot.connection}
        isWeak={me?.quality === "weak" || me?.quality === "lost"}
      />
      <div className="relative flex min-h-0 flex-1 gap-2.5 px-2.5">
        <Notices
          session={session}
          snapshot={snapshot}
          info={info}
          isRecordingNew={isRecordingNew}
          isAway={isAway}
          onAnswerRecording={
            isRecording && guest?.question?.chosen === null ? () => setConsentOpen(true) : undefined
          }
        />
        {workspace !== undefined && (
          <div
            data-slot="workspace"
            className="min-w-0 basis-3/5 overflow-hidden rounded-xl border bg-card max-md:hidden"
          >
            {workspace}
          </div>
        )}
        <main className="relative min-w-0 flex-1">
          <Stage
            people={snapshot.people.filter(({ role }) => role !== "observer")}
            isStrip={workspace !== undefined}
          />
          {snapshot.people.length === 0 && <Connecting />}
        </main>
        {side !== undefined && (
          <aside
            data-slot="side"
            className="max-md:absolute max-md:inset-x-2.5 max-md:inset-y-0 max-md:z-30 flex flex-col gap-2.5 md:w-76 md:shrink-0"
          >
            <div className="min-h-0 flex-1">
              <SidePanel
                tab={side}
                onTab={setSide}
                onClose={() => setSide(undefined)}
                chat={chat}
                interviewId={interviewId}
                isInterviewer={isMember && !isObserver}
                canWrite={!isObserver}
                people={snapshot.people}
                candidateLink={info?.candidateLink ?? null}
                scope={door?.scope ?? undefined}
                lock={
                  door && !isObserver ? (
                    <LockButton interviewId={interviewId} isLocked={door.is_locked} />
                  ) : undefined
                }
              />
            </div>
            {notes !== undefined && (
              <div className="flex min-h-0 flex-1 flex-col rounded-xl border bg-card p-4">{notes}</div>
            )}
          </aside>
        )}
      </div>
      <ControlBar
        session={session}
        snapshot={snapshot}
        recording={recording}
        canSend={!isObserver}
        onEnd={
          isMember && !isObserver
            ? () => endInterview(interviewId).then(() => undefined, toastProblem)
            : undefined
        }
        side={side}
        onToggleSide={toggleSide}
        unread={chat.unread.everyone + chat.unread.team}
      />
      {isMember && !isObserver && <WaitingGuests interviewId={interviewId} />}
      {guest?.question !== undefined && (
        <ConsentDialog
          question={guest.question}
          guestToken={guest.token}
          open={isConsentOpen}
          onOpenChange={setConsentOpen}
        />
      )}
      <RoomAudio room={session.room} people={snapshot.people} />
      <Announcer people={snapshot.people} />
    </div>
  );
}

function Connecting() {
  return (
    <div className="absolute inset-0 grid place-items-center" role="status">
      <div className="flex flex-col items-center gap-4 text-muted-foreground">
        <span className="flex gap-1.5" aria-hidden>
          {[0, 150, 300].map((delay) => (
            <span
              key={delay}
              className="size-2 animate-pulse rounded-full bg-live"
              style={{ animationDelay: `${delay}ms` }}
            />
          ))}
        </span>
        Connecting you to the call…
      </div>
    </div>
  );
}

function useRecordingControl(
  interviewId: string,
  isMember: boolean,
  isRecording: boolean,
): RecordingControl | undefined {
  const running = useRunningRecording(interviewId, isMember);
  const [isBusy, setBusy] = useState(false);
  if (!isMember) return undefined;
  const toggle = async () => {
    setBusy(true);
    try {
      if (running === undefined) await startRecording(interviewId);
      else await stopRecording(running.id);
    } catch (error) {
      toastProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return { isRecording: running !== undefined || isRecording, isBusy, toggle: () => void toggle() };
}

/** True for a while after the value has become true, so that it is said once and then only shown. */
function useNewly(value: boolean, milliseconds: number): boolean {
  const [isNew, setNew] = useState(false);
  useEffect(() => {
    setNew(value);
    if (!value) return;
    const timer = window.setTimeout(() => setNew(false), milliseconds);
    return () => window.clearTimeout(timer);
  }, [value, milliseconds]);
  return isNew;
}

/** True once the value has been true for a while. */
function useLasting(value: boolean, milliseconds: number): boolean {
  const [isLasting, setLasting] = useState(false);
  useEffect(() => {
    setLasting(false);
    if (!value) return;
    const timer = window.setTimeout(() => setLasting(true), milliseconds);
    return () => window.clearTimeout(timer);
  }, [value, milliseconds]);
  return isLasting;
}

/** A phone that goes dark in the middle of an answer takes the camera along. */
function useAwakeScreen(): void {
  useEffect(() => {
    if (!("wakeLock" in navigator)) return;
    let lock: WakeLockSentinel | undefined;
    let isOver = false;
    const hold = async () => {
      if (document.visibilityState !== "visible") return;
      const held = await navigator.wakeLock.request("screen").catch(() => undefined);
      if (isOver) void held?.release();
      else lock = held;
    };
    void hold();
    document.addEventListener("visibilitychange", hold);
    return () => {
      isOver = true;
      document.removeEventListener("visibilitychange", hold);
      void lock?.release();
    };
  }, []);
}

/** Tells screen readers who comes and goes. */
function Announcer({ people }: { people: CallSnapshot["people"] }) {
  const [text, setText] = useState("");
  const known = useRef<Map<string, string>>(undefined);
  useEffect(() => {
    const present = new Map(
      people.filter(({ isLocal }) => !isLocal).map(({ identity, name }) => [identity, name]),
    );
    const before = known.current;
    known.current = present;
    if (before === undefined) return;
    const came = [...present]
      .filter(([identity]) => !before.has(identity))
      .map(([, name]) => `${name} joined`);
    const went = [...before].filter(([identity]) => !present.has(identity)).map(([, name]) => `${name} left`);
    if (came.length + went.length > 0) setText([...came, ...went].join(", "));
  }, [people]);
  return (
    <p role="log" aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
