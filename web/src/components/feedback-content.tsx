import type { Feedback } from "@/api/evaluations";

const LEVELS = ["", "Not yet", "Getting there", "Good", "Excellent"];
const OUTCOMES = {
  pass: "You go on to the next step.",
  fail: "We do not go on.",
  hold: "Not decided for good.",
};

interface FeedbackContentProps {
  content: Feedback;
  heading?: "h2" | "h3";
}

/** What a candidate reads, on their page and in the sender's preview alike. */
export function FeedbackContent({ content, heading: Heading = "h2" }: FeedbackContentProps) {
  return (
    <div className="grid gap-6 text-base leading-6">
      {content.outcome && <p className="font-medium">{OUTCOMES[content.outcome]}</p>}
      {content.message && <p className="whitespace-pre-line break-words">{content.message}</p>}
      {content.skills.length > 0 && (
        <section>
          <Heading className="mb-2 font-semibold">What we saw</Heading>
          <ul className="grid gap-3">
            {content.skills.map(({ name, level, meaning }) => (
              <li key={name}>
                <p className="flex flex-wrap justify-between gap-x-4">
                  <span className="font-medium">{name}</span>
                  <span>{LEVELS[level]}</span>
                </p>
                <p className="text-muted-foreground">{meaning}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
      {content.comments.length > 0 && (
        <section>
          <Heading className="mb-2 font-semibold">In our words</Heading>
          <ul className="grid gap-3">
            {content.comments.map((text) => (
              <li key={text} className="whitespace-pre-line break-words border-l-2 pl-3">
                {text}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
