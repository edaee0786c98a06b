import { CheckIcon, PlusIcon, XIcon } from "lucide-react";
import { useState } from "react";
import { useLive } from "@/api/live";
import type { Person } from "@/api/types";
import { Field } from "@/components/field";
import { PersonAvatar } from "@/components/person-avatar";
import { Button } from "@/components/ui/button";
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";

interface InterviewersFieldProps {
  chosen: number[];
  onChange: (chosen: number[]) => void;
  error: string | undefined;
}

/** Who holds the interview: chips of those chosen, and a list to choose from. One always stays. */
export function InterviewersField({ chosen, onChange, error }: InterviewersFieldProps) {
  const colleagues = useLive("interviewers.list", {}).data ?? [];
  const [isOpen, setIsOpen] = useState(false);
  const toggle = (id: number) => {
    const others = chosen.filter((each) => each !== id);
    if (others.length === chosen.length) onChange([...chosen, id]);
    else if (others.length > 0) onChange(others);
  };
  const people = chosen.flatMap((id) => colleagues.find((each) => each.id === id) ?? []);
  return (
    <Field label="Interviewers" error={error}>
      {(control) => (
        <div className="flex flex-wrap items-center gap-2">
          {people.map((person) => (
            <Chip
              key={person.id}
              person={person}
              onRemove={chosen.length > 1 ? () => toggle(person.id) : undefined}
            />
          ))}
          <Popover open={isOpen} onOpenChange={setIsOpen}>
            <PopoverTrigger asChild>
              <Button
                {...control}
                aria-label="Add an interviewer"
                variant="outline"
                size="sm"
                className="rounded-full"
              >
                <PlusIcon />
                Add
              </Button>
            </PopoverTrigger>
            <PopoverContent align="start" className="w-64 p-0">
              <Command>
                <CommandInput placeholder="Find a colleague" />
                <CommandList>
                  <CommandEmpty>Nobody of that name.</CommandEmpty>
                  {colleagues.map(({ id, name }) => (
                    <CommandItem key={id} value={`${name} ${id}`} onSelect={() => toggle(id)}>
                      <PersonAvatar name={name} userId={id} className="size-6 text-[10px]" />
                      <span className="min-w-0 flex-1 truncate">{name}</span>
                      {chosen.includes(id) && <CheckIcon aria-label="Chosen" />}
                    </CommandItem>
                  ))}
                </CommandList>
              </Command>
            </PopoverContent>
          </Popover>
        </div>
      )}
    </Field>
  );
}

function Chip({ person, onRemove }: { person: Person; onRemove: (() => void) | undefined }) {
  return (
    <span className="flex h-8 max-w-full items-center gap-2 rounded-full border bg-card pr-3 pl-1">
      <PersonAvatar name={person.name} userId={person.id} className="size-6 text-[10px]" />
      <span className="truncate text-[13px]">{person.name}</span>
      {onRemove && (
        <button
          type="button"
          aria-label={`Remove ${person.name}`}
          onClick={onRemove}
          className="-mr-1.5 rounded-full p-0.5 text-muted-foreground hover:text-foreground"
        >
          <XIcon className="size-3.5" />
        </button>
      )}
    </span>
  );
}
