import type { KitSummary } from "@/api/kits";
import { useLive } from "@/api/live";
import type { Interview } from "@/api/types";
import { Field } from "@/components/field";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";

const NONE = "none";

interface KitFieldProps {
  chosen: string | null;
  /** The version that the interview already has. */
  has?: Interview["kit"];
  onChange: (kit: KitSummary | null) => void;
  error: string | undefined;
}

/** Which kit the interview takes; its newest version, unless it already has one of the same kit. */
export function KitField({ chosen, has, onChange, error }: KitFieldProps) {
  const kits = useLive("kits.list", {}).data ?? [];
  const offered = kits.filter((kit) => !kit.is_archived || kit.id === chosen);
  if (offered.length === 0) return null;
  const isKept = has && has.id === chosen;
  return (
    <Field
      label="Kit"
      aside="problems and scorecard"
      hint={isKept ? `It keeps version ${has.number}.` : "The candidate does not see it."}
      error={error}
    >
      {(control) => (
        <Select
          value={chosen ?? NONE}
          onValueChange={(value) => onChange(offered.find(({ id }) => id === value) ?? null)}
        >
          <SelectTrigger {...control}>
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            <SelectItem value={NONE}>None: the scorecard of its kind</SelectItem>
            {offered.map(({ id, name }) => (
              <SelectItem key={id} value={id}>
                {name}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      )}
    </Field>
  );
}
