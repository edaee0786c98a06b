import { useId } from "react";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";

/** One end of a span of days, as `2026-12-31`; empty where it is open. */
export function DayField(props: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="flex min-w-0 items-center gap-1.5 max-sm:flex-1">
      <Label htmlFor={id} className="font-normal text-muted-foreground">
        {props.label}
      </Label>
      <Input
        id={id}
        type="date"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        className="w-36 max-sm:w-full max-sm:min-w-0"
      />
    </div>
  );
}
