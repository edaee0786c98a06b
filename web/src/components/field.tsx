import { type ReactNode, useId } from "react";
import { Label } from "@/components/ui/label";

interface FieldProps {
  label: string;
  /** Said beside the label, such as "optional". */
  aside?: ReactNode;
  hint?: ReactNode;
  error?: string;
  children: (control: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
}

/** A labelled control with its hint or its error, tied together for screen readers. */
export function Field({ label, aside, hint, error, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = Boolean(error ?? hint);
  return (
    <div className="grid gap-2">
      <Label htmlFor={id}>
        {label}
        {aside && <span className="font-normal text-muted-foreground">{aside}</span>}
      </Label>
      {children({
        id,
        "aria-describedby": hasNote ? noteId : undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {hasNote && (
        <p
          id={noteId}
          className={error ? "text-[13px] text-destructive" : "text-[13px] text-muted-foreground"}
        >
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
