import { useId } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { Label } from "@/components/ui/label";

interface RememberMeProps {
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
}

/** Whether the session outlives the browser. */
export function RememberMe({ isChecked, onChange }: RememberMeProps) {
  const id = useId();
  return (
    <div className="flex gap-2.5">
      <Checkbox
        id={id}
        aria-describedby={`${id}-note`}
        checked={isChecked}
        onCheckedChange={(checked) => onChange(checked === true)}
        className="mt-px"
      />
      <div className="grid gap-0.5">
        <Label htmlFor={id}>Stay signed in</Label>
        <p id={`${id}-note`} className="text-[13px] text-muted-foreground">
          {isChecked
            ? "You stay signed in here when the browser is closed."
            : "The session ends when you close the browser: for computers that others use too."}
        </p>
      </div>
    </div>
  );
}
