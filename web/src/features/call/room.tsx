/** The call itself: top bar, stage, an area at the side, controls. */
import { UsersIcon } from "lucide-react";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { useLive } from "@/api/live";
import type { RecordingQuestion } from "@/api/types";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { WaitingGuests } from "@/components/waiting-guests";
import { useShortcuts } from "@/hooks/use-shortcuts";
import { Announcer } from "./announcer";
import { type CallInfo, endInterview } from "./api";
import { useCallTime, useTimeWarning } from "./call-clock";
import type { CallSession } from "./call-session";
import { LAYOUTS, type Layout } from "./composition";
import { Connecting } from "./connecting";
import { ConsentDialog } from "./consent-dialog";
import { ControlBar } from "./control-bar";
import { FocusBar } from "./focus-bar";
import { toggleFullScreen } from "./full-screen";
import { LockButton } from "./lock-button";
import { Notices } from "./notices";
import type { Person } from "./people";
import { Reactions } from "./reactions";
import { RoomAudio } from "./room-audio";
import { type RoomDialog, RoomDialogs } from "./room-dialogs";
import { SidePanel, type SideTab } from "./side-panel";
import { SmallWindowView } from "./small-window";
import { Stage } from "./stage";
import { TopBar } from "./top-bar";
import { useAwakeScreen } from "./use-awake-screen";
import { useChat } from "./use-chat";
import { useFloor } from "./use-floor";
import { useFocus } from "./use-focus";
import { useLasting } from "./use-lasting";
import { usePushToTalk } from "./use-push-to-talk";
import { useRecordingControl } from "./use-recording-control";
import { useSmallWindow } from "./use-small-window";
import { type SoundOnly, useSoundOnly, withoutPictures } from "./use-sound-only";
import { useStageView } from "./use-stage-view";

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
  const [dialog, setDialog] = useState<RoomDialog>();
  const [isConsentOpen, setConsentOpen] = useState(false);
  const chat = useChat(interviewId, guest?.token);
  const isObserver = info?.isObserver ?? false;
  const isHost = isMember && !isObserver;
  const isCandidate = !isMember && !isObserver;
  const door = useLive("calls.door", { interview_id: interviewId }, { enabled: isMember }).data;
  const isRecording = snapshot.isRecording || (info?.isRecording ?? false);
  const recording = useRecordingControl(interviewId, isHost, isRecording);
  const isAway = useLasting(snapshot.connection !== "connected" && snapshot.connection !== "joining", 1500);
  useAwakeScreen();
  const me = snapshot.people.find((person) => person.isLocal);
  const view = useStageView();
  const smallWindow = useSmallWindow();
  const [volumes, setVolumes] = useState<ReadonlyMap<string, number>>(new Map());
  const floor = useFloor(session, snapshot.people, interviewId, guest?.token);
  const focus = useFocus(session, snapshot, floor, isCandidate);
  const isCurtained = isCandidate && focus.isRunning;
  const soundOnly = useSoundOnly(me?.quality ?? "unknown");
  const startedAt = floor.started_at === null ? snapshot.startedAt : Date.parse(floor.started_at);
  const time = useCallTime(startedAt, info?.durationMinutes, snapshot.clockOffsetMs);
  const timeWarning = useTimeWarning(isHost ? time : undefined);
  const canSwitch = !isObserver && !isCurtained;
  const isTalking = usePushToTalk(session, snapshot, canSwitch);
  useShortcuts({
    m: () => canSwitch && void session.setMicrophone(!snapshot.sending.microphone),
    v: () => canSwitch && void session.setCamera(!snapshot.sending.camera),
    s: () => canSwitch && void session.setScreen(!snapshot.sending.screen),
    h: () => !isObserver && floor.toggleHand(),
    l: () => view.setLayout(nextLayout(view.layout)),
    f: () => void toggleFullScreen(),
    p: () => toggleSide("people"),
    c: () => toggleSide("chat"),
    "?": () => setDialog("shortcuts"),
  });
  const shown = soundOnly.isOn ? withoutPictures(snapshot.people) : snapshot.people;
  const stage = {
    people: shown.filter(({ role }) => role !== "observer"),
    view,
    hands: floor.line,
    veilOf: (person: Person) => veilOf(person, focus.isRunning, soundOnly),
  };
  return (
    <div data-testid="room" className="flex h-dvh flex-col overflow-hidden bg-background text-foreground">
      <TopBar
        title={info?.title ?? "Interview"}
        time={isCandidate && !floor.is_clock_shown ? undefined : time}
        isCandidate={isCandidate}
        isRecording={isRecording}
        scope={guest?.question?.chosen ?? undefined}
        onShowScope={guest?.question && (() => setConsentOpen(true))}
        connection={snapshot.connection}
        isWeak={me?.quality === "weak" || me?.quality === "lost"}
      />
      <FocusBar focus={focus} isCandidate={isCandidate} onEnd={isObserver ? undefined : floor.endFocus} />
      <div className="relative flex min-h-0 flex-1 gap-2.5 px-2.5">
        <Notices
          session={session}
          snapshot={snapshot}
          info={info}
          isRecording={isRecording}
          isAway={isAway}
          onAnswerRecording={
            isRecording && guest?.question?.chosen === null ? () => setConsentOpen(true) : undefined
          }
          floor={floor}
          focus={focus}
          soundOnly={soundOnly}
          timeWarning={timeWarning}
          isTalking={isTalking}
          isSideOpen={side !== undefined}
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
          <Stage {...stage} isStrip={workspace !== undefined} />
          <Reactions reactions={floor.reactions} />
          {snapshot.people.length === 0 &&
            (snapshot.isServerFull ? <ServerFull onRetry={session.retryNow} /> : <Connecting />)}
        </main>
        {side !== undefined && (
          <aside
            data-slot="side"
            className="max-md:absolute max-md:inset-x-2.5 max-md:inset-y-0 max-md:z-30 flex flex-col gap-2.5 md:w-84 md:shrink-0"
          >
            <div className="min-h-0 flex-1">
              <SidePanel
                tab={side}
                onTab={setSide}
                onClose={() => setSide(undefined)}
                chat={chat}
                interviewId={interviewId}
                isInterviewer={isHost}
                canWrite={!isObserver}
                people={snapshot.people}
                isHost={isHost}
                hands={floor.hands}
                volumes={volumes}
                onVolume={(identity, volume) => setVolumes((now) => new Map(now).set(identity, volume))}
                onPin={view.pin}
                candidateLink={info?.candidateLink ?? null}
                door={door}
                lock={
                  door && isHost ? (
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
        onEnd={isHost ? () => endInterview(interviewId).then(() => undefined, toastProblem) : undefined}
        side={side}
        onToggleSide={toggleSide}
        unread={chat.unread.everyone + chat.unread.team}
        floor={floor}
        view={view}
        smallWindow={smallWindow}
        isCurtained={isCurtained}
        menu={{ soundOnly, hosted: isHost ? interviewId : undefined, onOpen: setDialog }}
      />
      {isHost && <WaitingGuests interviewId={interviewId} />}
      {guest?.question !== undefined && (
        <ConsentDialog
          question={guest.question}
          guestToken={guest.token}
          open={isConsentOpen}
          onOpenChange={setConsentOpen}
        />
      )}
      <RoomDialogs
        session={session}
        interviewId={interviewId}
        isInterviewer={isHost}
        canSend={!isObserver}
        opened={dialog}
        onClose={() => setDialog(undefined)}
      />
      {smallWindow.body !== undefined && (
        <SmallWindowView body={smallWindow.body} session={session} snapshot={snapshot} canSend={canSwitch}>
          <Stage {...stage} />
        </SmallWindowView>
      )}
      <RoomAudio room={session.room} people={snapshot.people} volumes={volumes} />
      <Announcer
        people={snapshot.people}
        hands={floor.hands}
        isRecording={isRecording}
        isFocusRunning={focus.isRunning}
        focusSecondsLeft={focus.secondsLeft}
      />
    </div>
  );
}

/** Why somebody's picture is not there, where that needs a word. */
function veilOf(person: Person, isFocusRunning: boolean, soundOnly: SoundOnly): string | undefined {
  if (isFocusRunning && person.role === "candidate")
    return person.isLocal ? "Nobody sees you now" : "Works unwatched";
  if (person.isPaused && !soundOnly.isOn) return "Picture paused: your line is weak";
  if (!soundOnly.isOn || person.isLocal) return undefined;
  return soundOnly.isByLine ? "Sound only: your line is weak" : "Sound only";
}

function nextLayout(layout: Layout): Layout {
  return LAYOUTS[(LAYOUTS.indexOf(layout) + 1) % LAYOUTS.length] ?? "auto";
}

/** Nothing is broken and nothing can be done here but wait: the page goes on trying. */
function ServerFull({ onRetry }: { onRetry: () => void }) {
  return (
    <div className="absolute inset-0 grid place-items-center p-6" role="status" data-testid="server-full">
      <div className="flex max-w-sm flex-col items-center gap-2 text-center">
        <UsersIcon className="size-6 text-muted-foreground" aria-hidden />
        <p className="font-medium text-lg">The server is full right now</p>
        <p className="text-muted-foreground text-sm leading-6">
          Too many people are in calls on it. Stay here and you are let in as soon as there is room, or come
          back in a few minutes.
        </p>
        <Button variant="outline" className="mt-2" onClick={onRetry}>
          Try now
        </Button>
      </div>
    </div>
  );
}
