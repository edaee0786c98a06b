import { PlusIcon, XIcon } from "lucide-react";
import { useId } from "react";
import { useSkills } from "@/api/kits";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { type KitDraft, skillDraft } from "./kit-draft";

const MOST = 12;
const LEVEL_NAMES = ["Strong no", "No", "Yes", "Strong yes"];

type SkillDraft = KitDraft["skills"][number];

interface SkillFieldsProps {
  skills: SkillDraft[];
  onChange: (skills: SkillDraft[]) => void;
}

/** What is scored: skills that come with the product by one press, and one's own. */
export function SkillFields({ skills, onChange }: SkillFieldsProps) {
  const known = useSkills().data ?? [];
  const names = new Set(skills.map(({ name }) => name.trim()));
  const left = known.filter(({ name }) => !names.has(name));
  return (
    <section className="grid gap-4">
      <div>
        <h2 className="font-semibold">Scorecard</h2>
        <p className="text-[13px] text-muted-foreground">
          Say what each level looks like, so that two people score alike.
        </p>
      </div>
      {skills.map((skill) => (
        <OneSkill
          key={skill.id}
          skill={skill}
          onChange={(changed) => onChange(skills.map((each) => (each.id === skill.id ? changed : each)))}
          onRemove={() => onChange(skills.filter(({ id }) => id !== skill.id))}
        />
      ))}
      {skills.length < MOST && (
        <div className="flex flex-wrap gap-2">
          {left.map((skill) => (
            <Button
              key={skill.key}
              variant="outline"
              size="sm"
              className="rounded-full"
              onClick={() => onChange([...skills, skillDraft(skill)])}
            >
              <PlusIcon />
              {skill.name}
            </Button>
          ))}
          <Button
            variant="outline"
            size="sm"
            className="rounded-full"
            onClick={() => onChange([...skills, skillDraft()])}
          >
            <PlusIcon />
            Another skill
          </Button>
        </div>
      )}
    </section>
  );
}

interface OneSkillProps {
  skill: SkillDraft;
  onChange: (skill: SkillDraft) => void;
  onRemove: () => void;
}

function OneSkill({ skill, onChange, onRemove }: OneSkillProps) {
  const id = useId();
  return (
    <fieldset className="relative grid gap-3 rounded-xl border bg-card p-4">
      <legend className="sr-only">{skill.name || "A skill of your own"}</legend>
      <Input
        aria-label="Name of the skill"
        value={skill.name}
        onChange={(event) => onChange({ ...skill, name: event.target.value })}
        placeholder="Such as: reads other people's code"
        maxLength={100}
        autoComplete="off"
        className="w-[calc(100%-2.5rem)] font-medium"
      />
      <div className="grid gap-x-3 gap-y-2 sm:grid-cols-2">
        {LEVEL_NAMES.map((level, index) => (
          <div key={level} className="grid gap-1">
            <label htmlFor={`${id}-${index}`} className="text-[13px] text-muted-foreground">
              {level}
            </label>
            <Input
              id={`${id}-${index}`}
              value={skill.anchors[index] ?? ""}
              onChange={(event) =>
                onChange({ ...skill, anchors: skill.anchors.with(index, event.target.value) })
              }
              maxLength={200}
              autoComplete="off"
            />
          </div>
        ))}
      </div>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={`Remove ${skill.name || "this skill"}`}
        className="absolute top-4 right-3 text-muted-foreground"
        onClick={onRemove}
      >
        <XIcon />
      </Button>
    </fieldset>
  );
}
