/** The player: what was seen, the controls, the lanes of the timeline, the files. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useLive } from "@/api/live";
import type { Recording } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { Downloads } from "./downloads";
import { marksOf } from "./happenings";
import { LaneTimeline } from "./lane-timeline";
import { MarkList } from "./mark-list";
import { PlayerControls, type StageMode } from "./player-controls";
import { ReviewStage } from "./review-stage";
import { lengthOf } from "./timeline";
import { playableTracks, usePlayback } from "./use-playback";
import { usePlayerKeys } from "./use-player-keys";

export function ReviewPlayer({ recording, startAt }: { recording: Recording; startAt: number }) {
  const tracks = useMemo(() => playableTracks(recording.tracks), [recording.tracks]);
  const length = lengthOf(recording.duration_s, tracks);
  const playback = usePlayback(length);
  const happenings = useLive("calls.happenings", { interview_id: recording.interview.id }).data;
  const marks = useMemo(
    () => marksOf(happenings ?? [], recording.started_at, length),
    [happenings, recording.started_at, length],
  );
  useEffect(() => {
    if (startAt > 0) playback.seek(startAt);
  }, [playback, startAt]);
  const [mode, setMode] = useState<StageMode>("screen");
  const [isMuted, setMuted] = useState(false);
  const [silenced, setSilenced] = useState<ReadonlySet<string>>(new Set());
  const stage = useRef<HTMLDivElement>(null);
  const toggleFullScreen = () => {
    if (document.fullscreenElement === null) void stage.current?.requestFullscreen();
    else void document.exitFullscreen();
  };
  const toggleMuted = () => setMuted((was) => !was);
  usePlayerKeys(playback, { toggleMuted, toggleFullScreen });
  const toggleVoice = (identity: string) =>
    setSilenced((before) => {
      const next = new Set(before);
      if (!next.delete(identity)) next.add(identity);
      return next;
    });
  const failedCount = recording.tracks.filter((track) => track.state === "failed").length;
  return (
    <main data-testid="review-player" className="flex flex-1 flex-col lg:min-h-0 lg:flex-row">
      <div className="flex min-w-0 flex-col gap-1 p-3 sm:p-4 lg:min-h-0 lg:flex-1 lg:overflow-y-auto">
        {failedCount > 0 && <PartlyFailed recording={recording} count={failedCount} />}
        <ReviewStage
          ref={stage}
          playback={playback}
          tracks={tracks}
          gaps={recording.gaps}
          mode={mode}
          isMuted={isMuted}
          silenced={silenced}
        />
        <PlayerControls
          playback={playback}
          mode={mode}
          onMode={tracks.some((track) => track.source === "screen_share") ? setMode : undefined}
          isMuted={isMuted}
          onToggleMuted={toggleMuted}
          onFullScreen={toggleFullScreen}
        />
        <LaneTimeline
          playback={playback}
          tracks={tracks}
          gaps={recording.gaps}
          marks={marks}
          silenced={silenced}
          onToggleVoice={toggleVoice}
        />
      </div>
      <aside className="shrink-0 border-t lg:w-80 lg:overflow-y-auto lg:border-t-0 lg:border-l">
        {marks.length > 0 && <MarkList marks={marks} playback={playback} />}
        <Downloads tracks={recording.tracks} />
      </aside>
    </main>
  );
}

function PartlyFailed({ recording, count }: { recording: Recording; count: number }) {
  const title = count === 1 ? "One track could not be prepared" : `${count} tracks could not be prepared`;
  const detail = `${recording.detail} The rest plays as recorded, and what was captured is kept on the server.`;
  return (
    <div className="mb-2">
      <ProblemNotice problem={{ status: 0, type: "track-failed", title, detail: detail.trim(), extra: {} }} />
    </div>
  );
}
