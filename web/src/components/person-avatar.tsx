import { UserIcon } from "lucide-react";
import { usePictureOf } from "@/components/pictures";
import { Avatar, AvatarFallback, AvatarImage } from "@/components/ui/avatar";
import { cn } from "@/lib/cn";
import { initialsOf, toneOf } from "@/lib/person";

// One class list per tone, in full, because Tailwind finds classes by reading the source.
const tones = [
  "bg-[oklch(0.92_0.04_165)] text-[oklch(0.38_0.08_165)] dark:bg-[oklch(0.34_0.05_165)] dark:text-[oklch(0.9_0.06_165)]",
  "bg-[oklch(0.92_0.04_250)] text-[oklch(0.4_0.1_255)] dark:bg-[oklch(0.34_0.05_255)] dark:text-[oklch(0.9_0.05_250)]",
  "bg-[oklch(0.93_0.05_75)] text-[oklch(0.42_0.09_65)] dark:bg-[oklch(0.35_0.05_70)] dark:text-[oklch(0.91_0.06_80)]",
  "bg-[oklch(0.92_0.04_310)] text-[oklch(0.42_0.12_310)] dark:bg-[oklch(0.34_0.06_310)] dark:text-[oklch(0.91_0.05_310)]",
  "bg-[oklch(0.92_0.04_215)] text-[oklch(0.4_0.07_225)] dark:bg-[oklch(0.34_0.05_220)] dark:text-[oklch(0.9_0.05_215)]",
  "bg-[oklch(0.93_0.04_15)] text-[oklch(0.43_0.12_10)] dark:bg-[oklch(0.35_0.06_10)] dark:text-[oklch(0.91_0.05_15)]",
] as const;

interface PersonAvatarProps {
  name: string | null;
  /** Of whom has an account; a candidate has none. */
  userId?: number | null | undefined;
  className?: string;
}

/** A person's picture; without one initials on the tone that stays theirs, or a plain figure while the name is not known. */
export function PersonAvatar({ name, userId, className }: PersonAvatarProps) {
  const picture = usePictureOf(userId);
  return (
    <Avatar className={className} aria-hidden="true">
      {picture !== undefined && <AvatarImage src={picture} alt="" draggable={false} />}
      {name === null ? (
        <AvatarFallback className="bg-secondary text-muted-foreground">
          <UserIcon className="size-1/2" />
        </AvatarFallback>
      ) : (
        <AvatarFallback className={cn("font-semibold tracking-wide", tones[toneOf(name)])}>
          {initialsOf(name)}
        </AvatarFallback>
      )}
    </Avatar>
  );
}
