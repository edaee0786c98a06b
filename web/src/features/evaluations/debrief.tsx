import { EyeOffIcon } from "lucide-react";
import type { Evaluation, Scorecard } from "@/api/evaluations";
import { EmptyState } from "@/components/empty-state";
import { PersonAvatar } from "@/components/person-avatar";
import { Badge } from "@/components/ui/badge";
import { LevelMark } from "./level-mark";
import { MomentChips } from "./moments";

/** The submitted scorecards side by side, once one's own is among them; before that, who has submitted. */
export function Debrief({ evaluation }: { evaluation: Evaluation }) {
  const cards = [evaluation.mine, ...evaluation.others].filter(
    (card): card is Scorecard => card?.submitted_at != null,
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <ul className="flex flex-wrap gap-2" aria-label="Scorecards">
        {evaluation.scorers.map(({ person, has_submitted }) => (
          <li key={person.id} className="flex items-center gap-2 rounded-full border bg-card py-1 pr-3 pl-1">
            <PersonAvatar name={person.name} userId={person.id} className="size-6 text-[10px]" />
            <span className="text-[13px]">{person.name}</span>
            <Badge variant={has_submitted ? "secondary" : "warning"}>
              {has_submitted ? "Submitted" : "To come"}
            </Badge>
          </li>
        ))}
      </ul>
      {evaluation.are_others_hidden ? (
        <EmptyState icon={EyeOffIcon} title="The others' views are hidden" heading="h3" className="py-8">
          Submit your own scorecard first. That way nobody's view is swayed by another's.
        </EmptyState>
      ) : cards.length === 0 ? (
        <p className="text-muted-foreground">No scorecard is submitted yet.</p>
      ) : (
        <SideBySide evaluation={evaluation} cards={cards} />
      )}
    </div>
  );
}

function SideBySide({ evaluation, cards }: { evaluation: Evaluation; cards: Scorecard[] }) {
  const rows: Row[] = [
    { key: "", name: "Overall", levels: cards.map(({ overall }) => overall) },
    ...evaluation.skills.map(({ key, name }) => ({
      key,
      name,
      levels: cards.map(({ ratings }) => ratings[key] ?? null),
    })),
  ];
  return (
    <>
      <div className="overflow-x-auto rounded-xl border bg-card max-sm:hidden">
        <table
          data-testid="debrief"
          className="w-full table-fixed text-left"
          style={{ minWidth: `${8 + cards.length * 12}rem` }}
        >
          <thead>
            <tr className="border-b">
              <td className="w-32" />
              {cards.map(({ author }) => (
                <th key={author.id} scope="col" className="px-4 py-3 font-medium">
                  <bdi>{author.name}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y">
            {rows.map(({ key, name, levels }) => (
              <tr key={key}>
                <th scope="row" className="px-4 py-3 align-top font-normal text-muted-foreground">
                  {name}
                </th>
                {levels.map((level, column) => (
                  <td key={cards[column]?.author.id} className="px-4 py-3 align-top">
                    <LevelMark level={level} />
                    <MomentChips moments={cards[column]?.moments[key] ?? []} />
                  </td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row" className="px-4 py-3 align-top font-normal text-muted-foreground">
                In words
              </th>
              {cards.map(({ author, summary }) => (
                <td key={author.id} className="whitespace-pre-line break-words px-4 py-3 align-top">
                  {summary || "-"}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
      <OneBelowAnother rows={rows} cards={cards} />
    </>
  );
}

interface Row {
  key: string;
  name: string;
  levels: (number | null)[];
}

/** On a phone: by skill, everybody's level under it, so that nothing scrolls sideways. */
function OneBelowAnother({ rows, cards }: { rows: Row[]; cards: Scorecard[] }) {
  return (
    <ul data-testid="debrief-phone" className="divide-y rounded-xl border bg-card sm:hidden">
      {rows.map(({ key, name, levels }) => (
        <li key={key} className="px-4 py-3">
          <p className="mb-1.5 font-medium">{name}</p>
          <ul className="grid gap-1.5">
            {cards.map((card, column) => (
              <li key={card.author.id}>
                <span className="flex items-center justify-between gap-3">
                  <bdi className="truncate text-muted-foreground">{card.author.name}</bdi>
                  <LevelMark level={levels[column] ?? null} />
                </span>
                <MomentChips moments={card.moments[key] ?? []} />
              </li>
            ))}
          </ul>
        </li>
      ))}
      {cards
        .filter(({ summary }) => summary)
        .map(({ author, summary }) => (
          <li key={author.id} className="px-4 py-3">
            <bdi className="mb-1 block font-medium">{author.name}</bdi>
            <p className="whitespace-pre-line break-words">{summary}</p>
          </li>
        ))}
    </ul>
  );
}
