/** The files of a recording as they lie on the server, one for each person and source. */
import { DownloadIcon } from "lucide-react";
import type { RecordingTrack } from "@/api/types";
import { PersonAvatar } from "@/components/person-avatar";
import { Button } from "@/components/ui/button";
import { userIdIn } from "@/lib/person";
import { sizeLabel } from "@/lib/recording-facts";
import { lengthOf } from "@/lib/time";
import { SOURCE_NAMES } from "./timeline";

export function Downloads({ tracks }: { tracks: RecordingTrack[] }) {
  const files = tracks.filter((track) => track.download_url !== null);
  const people = [...new Set(files.map((track) => track.participant.identity))];
  const total = files.reduce((sum, track) => sum + (track.size_bytes ?? 0), 0);
  return (
    <section aria-label="Files" data-testid="downloads" className="p-4 sm:p-5">
      <header className="mb-4 flex items-baseline justify-between">
        <h2 className="font-medium">Files</h2>
        <p className="text-muted-foreground text-xs tabular-nums">
          {files.length} {files.length === 1 ? "file" : "files"} · {sizeLabel(total)}
        </p>
      </header>
      <div className="space-y-5">
        {people.map((identity) => (
          <PersonFiles
            key={identity}
            tracks={files.filter((track) => track.participant.identity === identity)}
          />
        ))}
      </div>
      <p className="mt-5 text-muted-foreground text-xs leading-5">
        Files are kept as they were sent, without conversion, and play in any current browser or player.
      </p>
    </section>
  );
}

function PersonFiles({ tracks }: { tracks: RecordingTrack[] }) {
  const name = tracks[0]?.participant.name ?? "";
  return (
    <div>
      <h3 className="mb-1.5 flex items-center gap-2 text-sm">
        <PersonAvatar
          name={name}
          userId={userIdIn(tracks[0]?.participant.identity ?? "")}
          className="size-6 text-[11px]"
        />
        <bdi className="truncate font-medium">{name}</bdi>
      </h3>
      <ul className="divide-y rounded-lg border bg-card">
        {tracks.map((track) => (
          <FileRow
            key={track.id}
            track={track}
            isPartOfMany={tracks.some((other) => isSibling(track, other))}
          />
        ))}
      </ul>
    </div>
  );
}

function isSibling(track: RecordingTrack, other: RecordingTrack): boolean {
  return track.id !== other.id && track.source === other.source;
}

function FileRow({ track, isPartOfMany }: { track: RecordingTrack; isPartOfMany: boolean }) {
  const name = SOURCE_NAMES[track.source] + (isPartOfMany ? ` ${track.segment}` : "");
  const facts = [
    track.duration_s === null ? "" : lengthOf(track.duration_s),
    track.width === null ? "" : `${track.width} × ${track.height}`,
    track.size_bytes === null ? "" : sizeLabel(track.size_bytes),
    track.mime === null ? "" : containerOf(track.mime),
  ];
  return (
    <li className="flex items-center gap-2 py-1.5 pr-1.5 pl-3">
      <div className="min-w-0 flex-1">
        <p className="truncate text-[13px]">{name}</p>
        <p className="truncate text-muted-foreground text-xs tabular-nums">
          {facts.filter(Boolean).join(" · ")}
        </p>
      </div>
      <Button variant="ghost" size="icon" asChild>
        <a
          href={track.download_url ?? undefined}
          download
          aria-label={`Download ${track.participant.name}, ${name}`}
          data-testid="download"
        >
          <DownloadIcon />
        </a>
      </Button>
    </li>
  );
}

function containerOf(mime: string): string {
  return mime.includes("mp4") ? "MP4" : "WebM";
}
