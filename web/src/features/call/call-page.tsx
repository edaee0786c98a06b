/** A person's way through a call: device check, room, the page after; and straight back into the room after a refresh. */
import { type ReactNode, useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { MessagePage } from "@/components/message-page";
import { useTitle } from "@/hooks/use-title";
import { isOver } from "@/lib/interview-order";
import { departureOf, openLobby, takeSeat, useCallInfo } from "./api";
import { CallSession, type Departure, type LocalTracks } from "./call-session";
import { DeparturePage } from "./departure-page";
import { offerDiagnostics } from "./diagnostics";
import { Lobby } from "./lobby";
import { LobbyConnection } from "./lobby-connection";
import { forgetCall, rememberCall, rememberedCall, type Sending } from "./memory";
import { ObserverLobby } from "./observer-lobby";
import { Room } from "./room";
import { useGuestDoor } from "./use-guest-door";

interface CallPageProps {
  interviewId: string;
  /** A candidate's link token; without it the signed-in member joins. */
  guestToken?: string;
  /** What people work on together in the room, beside the faces. */
  workspace?: ReactNode;
  /** What an interviewer writes down; it goes below the people at the side. */
  notes?: ReactNode;
}

const NOTHING: Sending = { microphone: false, camera: false };

export function CallPage({ interviewId, guestToken, workspace, notes }: CallPageProps) {
  const { info, problem } = useCallInfo(interviewId, guestToken);
  const door = useGuestDoor(guestToken, info?.isObserver === false);
  const mayEnter = guestToken === undefined || info?.isObserver === true || door?.seat?.knock === "admitted";
  const isOpen = info !== undefined && problem === null && !isOver(info);
  const { session, enter, backToLobby } = useSession(interviewId, guestToken, mayEnter, isOpen);
  const isMember = guestToken === undefined;
  useTitle(info?.title);
  if (problem !== null && session === undefined) {
    return <MessagePage title={problem.title}>{problem.detail}</MessagePage>;
  }
  if (session !== undefined) {
    return (
      <Stay
        key={session.id}
        session={session}
        whenOver={(snapshot) => (
          <DeparturePage
            departure={snapshot.departure}
            refusal={snapshot.refusal}
            interviewId={interviewId}
            isMember={isMember}
            wasRecorded={snapshot.wasRecorded}
            onReturn={() => (snapshot.departure === "elsewhere" ? enter(session.wanted) : backToLobby())}
          />
        )}
      >
        <Room
          session={session}
          interviewId={interviewId}
          info={info}
          isMember={isMember}
          guest={guestToken === undefined ? undefined : { token: guestToken, question: door?.question }}
          workspace={workspace}
          notes={notes}
        />
      </Stay>
    );
  }
  if (info !== undefined && isOver(info)) {
    return (
      <DeparturePage
        departure="ended"
        refusal={undefined}
        interviewId={interviewId}
        isMember={isMember}
        wasRecorded={false}
        onReturn={backToLobby}
      />
    );
  }
  if (info?.isObserver) return <ObserverLobby info={info} onJoin={() => enter(NOTHING)} />;
  return (
    <Lobby
      info={info}
      door={door}
      interviewId={isMember ? interviewId : undefined}
      guestToken={guestToken}
      onJoin={enter}
    />
  );
}

interface Over {
  departure: Departure;
  refusal: unknown;
  wasRecorded: boolean;
}

interface StayProps {
  session: CallSession;
  whenOver: (over: Over) => ReactNode;
  children: ReactNode;
}

function Stay({ session, whenOver, children }: StayProps) {
  const { departure, refusal, wasRecorded } = useSyncExternalStore(session.subscribe, session.snapshot);
  return departure === undefined ? children : whenOver({ departure, refusal, wasRecorded });
}

/** Holds the session: one at a time, ended with the page, begun by itself if this tab was in the call before a refresh. */
function useSession(interviewId: string, guestToken: string | undefined, mayEnter: boolean, isOpen: boolean) {
  const [session, setSession] = useState<CallSession>();
  const current = useRef<CallSession>(undefined);
  const lobby = useLobby(interviewId, guestToken, isOpen && session === undefined);

  const enter = useCallback(
    (sending: Sending, tracks?: LocalTracks) => {
      rememberCall(interviewId, sending);
      const door = {
        takeSeat: (from: string | undefined) => takeSeat(interviewId, guestToken, from),
        departureOf,
        onSending: (now: Sending) => rememberCall(interviewId, now),
        onOver: () => forgetCall(interviewId),
      };
      current.current = new CallSession(door, sending, tracks, lobby.current?.handOver());
      setSession(current.current);
    },
    [interviewId, guestToken, lobby],
  );

  useEffect(() => {
    const sending = rememberedCall(interviewId);
    if (mayEnter && sending !== undefined && current.current === undefined) enter(sending);
  }, [interviewId, enter, mayEnter]);

  useEffect(
    () => () => {
      void current.current?.leave();
      current.current = undefined;
    },
    [],
  );

  useEffect(() => session && offerDiagnostics(session), [session]);

  return { session, enter, backToLobby: () => setSession(undefined) };
}

/** Holds what stands before the call, while the lobby is shown; whoever was in the call before a refresh goes straight in. */
function useLobby(interviewId: string, guestToken: string | undefined, isShown: boolean) {
  const current = useRef<LobbyConnection>(undefined);
  useEffect(() => {
    if (!isShown || rememberedCall(interviewId) !== undefined) return;
    const connection = new LobbyConnection(() => openLobby(interviewId, guestToken));
    current.current = connection;
    return () => {
      connection.end();
      current.current = undefined;
    };
  }, [interviewId, guestToken, isShown]);
  return current;
}
