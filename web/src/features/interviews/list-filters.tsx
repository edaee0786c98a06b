import { XIcon } from "lucide-react";
import type { InterviewCounts, InterviewKind, Person } from "@/api/types";
import { DaySpan } from "@/components/day-span";
import { SearchInput } from "@/components/search-input";
import { Button } from "@/components/ui/button";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import { KINDS } from "./kinds";
import { CHIPS, type ListFilter, type Shown } from "./list-filter";

interface ListFiltersProps {
  filter: ListFilter;
  counts: InterviewCounts | undefined;
  people: readonly Person[];
  onChange: (change: ListFilter) => void;
  /** None where there is nothing to clear. */
  onClear: (() => void) | undefined;
}

const ANY = "any";

/** Search and filters above the list of interviews. */
export function ListFilters({ filter, counts, people, onChange, onClear }: ListFiltersProps) {
  return (
    <div className="mb-6 grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <SearchInput
          value={filter.q ?? ""}
          onChange={(q) => onChange({ q })}
          label="Search title or candidate"
          className="min-w-52 flex-1 max-sm:min-w-full"
        />
        <Choice
          label="Interviewer"
          any="Any interviewer"
          value={filter.by === undefined ? undefined : String(filter.by)}
          choices={people.map(({ id, name }) => ({ value: String(id), label: name }))}
          onChange={(by) => onChange({ by: by === undefined ? undefined : Number(by) })}
        />
        <Choice
          label="Kind"
          any="Any kind"
          value={filter.kind}
          choices={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
          onChange={(kind) => onChange({ kind: kind as InterviewKind | undefined })}
        />
        <DaySpan from={filter.from ?? ""} to={filter.to ?? ""} onChange={onChange} />
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <ToggleGroup
          type="single"
          value={filter.show ?? "all"}
          onValueChange={(show) => show && onChange({ show: show as Shown })}
          aria-label="Show"
          className="h-auto flex-wrap"
        >
          {CHIPS.map(({ value, label }) => (
            <ToggleGroupItem key={value} value={value} className="h-7">
              {label}
              {counts && (
                <span className="font-normal text-muted-foreground tabular-nums">{counts[value]}</span>
              )}
            </ToggleGroupItem>
          ))}
        </ToggleGroup>
        {onClear && (
          <Button variant="ghost" size="sm" onClick={onClear}>
            <XIcon /> Clear filters
          </Button>
        )}
      </div>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  any: string;
  value: string | undefined;
  choices: readonly { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, any, value, choices, onChange }: ChoiceProps) {
  return (
    <Select value={value ?? ANY} onValueChange={(chosen) => onChange(chosen === ANY ? undefined : chosen)}>
      <SelectTrigger aria-label={label} className="w-38 max-sm:flex-1">
        <SelectValue placeholder={any} />
      </SelectTrigger>
      <SelectContent>
        <SelectItem value={ANY}>{any}</SelectItem>
        {choices.map((choice) => (
          <SelectItem key={choice.value} value={choice.value}>
            {choice.label}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
