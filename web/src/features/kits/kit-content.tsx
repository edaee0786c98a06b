import type { KitVersion } from "@/api/kits";
import { cn } from "@/lib/cn";

const LEVEL_NAMES = ["Strong no", "No", "Yes", "Strong yes"];

/** What one version of a kit holds, to read. */
export function KitContent({ version }: { version: KitVersion }) {
  return (
    <div className="grid gap-8">
      {version.description && <p className="whitespace-pre-line break-words">{version.description}</p>}
      <section>
        <h2 className="mb-3 font-semibold">Problems</h2>
        {version.problems.length === 0 && (
          <p className="text-muted-foreground">None: this kit is a scorecard only.</p>
        )}
        <KitProblems problems={version.problems} />
      </section>
      <section>
        <h2 className="mb-3 font-semibold">Scorecard</h2>
        <KitSkills skills={version.skills} />
      </section>
    </div>
  );
}

/** What is rated, and what each level means. */
export function KitSkills({ skills, isNarrow = false }: Pick<KitVersion, "skills"> & { isNarrow?: boolean }) {
  return (
    <ul className="divide-y rounded-xl border bg-card">
      {skills.map(({ key, name, anchors }) => (
        <li key={key} className="p-4">
          <h3 className="font-medium">{name}</h3>
          <dl className={cn("mt-2 grid gap-x-4 gap-y-2 text-[13px]", !isNarrow && "sm:grid-cols-4")}>
            {anchors.map((anchor, index) => (
              <div key={LEVEL_NAMES[index]}>
                <dt className="text-muted-foreground">{LEVEL_NAMES[index]}</dt>
                <dd className="break-words">{anchor}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

/** The problems, each with what only the interviewer is to read set apart. */
export function KitProblems({ problems }: Pick<KitVersion, "problems">) {
  return (
    <ol className="grid gap-3">
      {problems.map((problem, index) => (
        // Problems have no identity of their own, and this list is never reordered in place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={index} className="rounded-xl border bg-card p-4">
          <h3 className="flex flex-wrap items-baseline justify-between gap-x-3 font-medium">
            <span className="min-w-0 break-words">
              {index + 1}. {problem.title}
            </span>
            {problem.minutes && (
              <span className="font-normal text-[13px] text-muted-foreground">{problem.minutes} min</span>
            )}
          </h3>
          {problem.statement && <p className="mt-2 whitespace-pre-line break-words">{problem.statement}</p>}
          {problem.guidance && (
            <div className="mt-3 border-l-2 pl-3">
              <p className="text-[13px] text-muted-foreground">For interviewers</p>
              <p className="whitespace-pre-line break-words">{problem.guidance}</p>
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
