import { useId } from "react";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";

interface DaySpanProps {
  /** As `2026-12-31`; empty where the span is open. */
  from: string;
  to: string;
  onChange: (change: { from?: string; to?: string }) => void;
}

/** From one day to another, for the filters above a list; a row of its own on a phone. */
export function DaySpan({ from, to, onChange }: DaySpanProps) {
  return (
    <div className="flex min-w-0 gap-3 max-sm:w-full">
      <Day label="From" value={from} onChange={(day) => onChange({ from: day })} />
      <Day label="To" value={to} onChange={(day) => onChange({ to: day })} />
    </div>
  );
}

function Day(props: { label: string; value: string; onChange: (value: string) => void }) {
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
