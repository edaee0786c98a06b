/** The files that are being sent to one place: how far they are, and how to pause, go on or give up. */
import { PauseIcon, PlayIcon, XIcon } from "lucide-react";
import {
  cancelUpload,
  pauseUpload,
  type RunningUpload,
  resumeUpload,
  type UploadPlace,
  useCutOffUploads,
  useUploads,
} from "@/api/uploads";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { sizeLabel } from "@/lib/recording-facts";

export function UploadList({ place }: { place: UploadPlace }) {
  const uploads = useUploads(place);
  const cutOff = useCutOffUploads(place);
  if (uploads.length === 0 && cutOff.length === 0) return null;
  return (
    <ul className="mb-3 grid gap-2" aria-live="polite">
      {uploads.map((upload) => (
        <UploadRow key={upload.id} upload={upload} />
      ))}
      {cutOff.map((name) => (
        <li key={name} className="rounded-lg bg-warning-surface px-3 py-2 text-[13px]">
          The upload of <bdi className="font-medium">{name}</bdi> was cut off. Choose the file again to go on
          where it stopped.
        </li>
      ))}
    </ul>
  );
}

function UploadRow({ upload }: { upload: RunningUpload }) {
  const { id, name, size, sent, state, problem } = upload;
  const percent = size > 0 ? Math.floor((100 * sent) / size) : 0;
  const isOver = state === "failed" && problem !== null && problem.status >= 400 && problem.status < 500;
  return (
    <li className="rounded-lg border bg-card px-3 py-2" data-testid="upload">
      <div className="flex items-center gap-2">
        <bdi className="min-w-0 flex-1 truncate font-medium">{name}</bdi>
        <span className="shrink-0 text-[13px] text-muted-foreground tabular-nums">
          {state === "paused" && "Paused · "}
          {percent} % of {sizeLabel(size)}
        </span>
        {state === "sending" && (
          <Button variant="ghost" size="icon-sm" aria-label={`Pause ${name}`} onClick={() => pauseUpload(id)}>
            <PauseIcon />
          </Button>
        )}
        {(state === "paused" || (state === "failed" && !isOver)) && (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Go on with ${name}`}
            onClick={() => resumeUpload(id)}
          >
            <PlayIcon />
          </Button>
        )}
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Give up ${name}`}
          onClick={() => cancelUpload(id)}
        >
          <XIcon />
        </Button>
      </div>
      <Progress value={percent} aria-label={`Upload of ${name}`} className="mt-1.5" />
      {problem && (
        <p role="alert" className="mt-1.5 text-[13px] text-destructive">
          {problem.title}. {problem.detail}
        </p>
      )}
    </li>
  );
}
