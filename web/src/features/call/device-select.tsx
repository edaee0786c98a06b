/** Choosing one of several cameras, microphones or speakers: as a field on a page, or as part of a menu. */
import type { LucideIcon } from "lucide-react";
import {
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
} from "@/components/ui/dropdown-menu";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import type { MediaDevice } from "./use-media-devices";

interface DeviceChoiceProps {
  label: string;
  devices: MediaDevice[];
  current: string | undefined;
  onChoose: (deviceId: string) => void;
}

export function DeviceSelect({
  icon: Icon,
  label,
  devices,
  current,
  onChoose,
}: DeviceChoiceProps & { icon: LucideIcon }) {
  const chosen = knownOr(devices, current);
  return (
    <Select value={chosen ?? ""} onValueChange={onChoose} disabled={devices.length === 0}>
      <SelectTrigger aria-label={label}>
        <span className="flex min-w-0 items-center gap-2.5">
          <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
          <span className="truncate">
            <SelectValue placeholder={`Default ${label.toLowerCase()}`} />
          </span>
        </span>
      </SelectTrigger>
      <SelectContent>
        {devices.map((device) => (
          <SelectItem key={device.id} value={device.id}>
            {device.name}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}

export function DeviceMenuGroup({ label, devices, current, onChoose }: DeviceChoiceProps) {
  return (
    <>
      <DropdownMenuLabel>{label}</DropdownMenuLabel>
      {devices.length === 0 && <p className="px-2 pb-1.5 text-muted-foreground text-sm">None found</p>}
      <DropdownMenuRadioGroup value={knownOr(devices, current) ?? ""} onValueChange={onChoose}>
        {devices.map((device) => (
          <DropdownMenuRadioItem key={device.id} value={device.id} className="max-w-72">
            {device.name}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
    </>
  );
}

/** A remembered device that is not plugged in now stands for the first one. */
function knownOr(devices: MediaDevice[], id: string | undefined): string | undefined {
  return devices.some((device) => device.id === id) ? id : devices[0]?.id;
}
