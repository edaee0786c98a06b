import type { ReactNode } from "react";
import type { Level } from "@/api/evaluations";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import { LEVELS } from "./levels";

interface LevelChoiceProps {
  label: string;
  value: Level | null | undefined;
  onChange: (level: Level | null) => void;
  /** What each level means here. */
  anchors?: readonly string[];
  /** What the choice rests on. */
  children?: ReactNode;
}

/** Four levels without a middle; under them, what the chosen one means. */
export function LevelChoice({ label, value, onChange, anchors, children }: LevelChoiceProps) {
  return (
    <div className="grid gap-1.5">
      <p className="font-medium">{label}</p>
      <ToggleGroup
        type="single"
        aria-label={label}
        value={value ? String(value) : ""}
        onValueChange={(chosen) => onChange(chosen === "" ? null : (Number(chosen) as Level))}
        className="w-full"
      >
        {LEVELS.map((each) => (
          <ToggleGroupItem
            key={each.level}
            value={String(each.level)}
            title={anchors?.[each.level - 1]}
            className="flex-1 max-sm:px-1"
          >
            {each.label}
          </ToggleGroupItem>
        ))}
      </ToggleGroup>
      {anchors && (
        <p className="min-h-5 text-[13px] text-muted-foreground">
          {value ? anchors[value - 1] : "Not scored: nothing was seen of it."}
        </p>
      )}
      {children}
    </div>
  );
}
