/** How loud one person is for oneself; nobody else notices. */
import { Volume1Icon, Volume2Icon, VolumeXIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { Slider } from "@/components/ui/slider";

interface VolumeControlProps {
  name: string;
  /** Between 0 and 1. */
  volume: number;
  onChange: (volume: number) => void;
}

export function VolumeControl({ name, volume, onChange }: VolumeControlProps) {
  const Icon = volume === 0 ? VolumeXIcon : volume < 0.6 ? Volume1Icon : Volume2Icon;
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`How loud ${name} is for me`}
          data-testid="volume"
          className={volume < 1 ? "text-primary" : "text-muted-foreground"}
        >
          <Icon />
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" aria-label={`How loud ${name} is for me`} className="w-56 space-y-3 p-3.5">
        <p className="flex justify-between gap-2 text-[13px]">
          <span>Loudness for me</span>
          <span className="text-muted-foreground tabular-nums">{Math.round(volume * 100)} %</span>
        </p>
        <Slider
          aria-label={`Loudness of ${name}`}
          min={0}
          max={100}
          step={5}
          value={[volume * 100]}
          onValueChange={([next]) => onChange((next ?? 100) / 100)}
        />
      </PopoverContent>
    </Popover>
  );
}
