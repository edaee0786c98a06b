import { Link } from "@tanstack/react-router";
import type { RoundEvaluation } from "@/api/candidates";
import { useLive } from "@/api/live";
import { ProblemNotice } from "@/components/problem-notice";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { LevelMark } from "./level-mark";
import { OUTCOMES } from "./levels";

/** What was thought of one candidate in each round, as far as this member may read it. */
export function CandidateScorecards({ candidateId }: { candidateId: string }) {
  const rounds = useLive("evaluations.of_candidate", { candidate_id: candidateId });
  const interviews = useLive("interviews.of_candidate", { candidate_id: candidateId });
  if (rounds.problem) return <ProblemNotice problem={rounds.problem} />;
  if (!rounds.data || rounds.data.length === 0) return null;
  const titles = new Map(interviews.data?.map(({ id, title }) => [id, title]));
  const order = [...titles.keys()];
  const sorted = rounds.data.toSorted(
    (a, b) => order.indexOf(a.interview_id) - order.indexOf(b.interview_id),
  );
  return (
    <section>
      <h2 className="mb-3 font-semibold">Scorecards</h2>
      <ul className="grid gap-4">
        {sorted.map((round) => (
          <li key={round.interview_id}>
            <RoundCard round={round} title={titles.get(round.interview_id) ?? ""} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RoundCard({ round, title }: { round: RoundEvaluation; title: string }) {
  const { decision } = round;
  return (
    <Card className="gap-4 p-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h3 className="min-w-0 break-words font-medium">
          <Link
            to="/interviews/$id/evaluation"
            params={{ id: round.interview_id }}
            className="rounded-md underline-offset-4 hover:underline"
          >
            {title}
          </Link>
        </h3>
        {decision && <Badge variant="secondary">{OUTCOMES[decision.outcome]}</Badge>}
      </div>
      {decision?.reason && <p className="break-words text-muted-foreground">“{decision.reason}”</p>}
      <ul className="grid gap-4 sm:grid-cols-2">
        {round.scorecards.map((card) => (
          <li key={card.author.id} className="min-w-0 border-l-2 pl-3">
            <p className="flex flex-wrap items-center justify-between gap-x-3">
              <bdi className="truncate font-medium">{card.author.name}</bdi>
              <LevelMark level={card.overall} />
            </p>
            <dl className="mt-2 grid gap-1 text-[13px]">
              {round.skills.map(({ key, name }) => (
                <div key={key} className="flex justify-between gap-3">
                  <dt className="truncate text-muted-foreground">{name}</dt>
                  <dd>
                    <LevelMark level={card.ratings[key] ?? null} />
                  </dd>
                </div>
              ))}
            </dl>
            {card.summary && <p className="mt-2 whitespace-pre-line break-words">{card.summary}</p>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
