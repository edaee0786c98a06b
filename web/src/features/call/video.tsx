/** Moving pictures of the call. */
import type { VideoTrack } from "livekit-client";
import { useEffect, useRef, useState } from "react";
import { cn } from "@/lib/cn";

interface VideoProps {
  track: VideoTrack;
  fit?: "cover" | "contain";
  isMirrored?: boolean;
  className?: string;
}

/** Attached by the media library, which picks the layer that fits the size on the screen. */
export function Video({ track, fit = "cover", isMirrored = false, className }: VideoProps) {
  const element = useRef<HTMLVideoElement>(null);
  const [shown, setShown] = useState<VideoTrack>();
  useEffect(() => {
    const video = element.current;
    if (video === null) return;
    track.attach(video);
    return () => {
      track.detach(video);
    };
  }, [track]);
  return (
    <video
      ref={element}
      muted
      playsInline
      onPlaying={() => setShown(track)}
      className={cn(
        "absolute inset-0 size-full transition-opacity",
        fit === "cover" ? "object-cover" : "object-contain",
        isMirrored && "-scale-x-100",
        // Until the first picture is there, what lies behind (the initials) stays visible.
        shown === track ? "opacity-100" : "opacity-0",
        className,
      )}
    />
  );
}
