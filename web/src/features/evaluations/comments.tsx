import { StarIcon, Trash2Icon } from "lucide-react";
import { type FormEvent, useState } from "react";
import {
  type Comment,
  type Evaluation,
  unsentPaths,
  useDeleteComment,
  writeComment,
} from "@/api/evaluations";
import { useUnsent } from "@/api/outbox";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import { UnsentEdit } from "@/components/unsent-edit";
import { useNow } from "@/hooks/use-now";
import { cn } from "@/lib/cn";
import { dayAndTime, ownTimeStyle } from "@/lib/time";

const STARS = [1, 2, 3, 4, 5];

/** What the team has to say, with one to five stars each; open together with the others' scorecards. */
export function Comments({ interviewId, evaluation }: { interviewId: string; evaluation: Evaluation }) {
  const unsent = useUnsent(unsentPaths.comments(interviewId));
  return (
    <div className="grid gap-5">
      {evaluation.comments.length + unsent.length > 0 && (
        <ul className="grid gap-4">
          {evaluation.comments.map((comment) => (
            <CommentItem key={comment.id} comment={comment} interviewId={interviewId} />
          ))}
          {unsent.map((edit) => (
            <UnsentEdit key={edit.id} edit={edit}>
              {(edit.body as { text: string }).text}
            </UnsentEdit>
          ))}
        </ul>
      )}
      <CommentForm interviewId={interviewId} />
    </div>
  );
}

function CommentItem({ comment, interviewId }: { comment: Comment; interviewId: string }) {
  const now = useNow();
  const remove = useDeleteComment(interviewId);
  const drop = () =>
    remove.mutateAsync(comment.id).then(
      () =>
        toast("Comment deleted", {
          action: { label: "Undo", run: () => writeComment(interviewId, comment) },
        }),
      toastProblem,
    );
  return (
    <li className="border-l-2 pl-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <bdi className="font-medium">{comment.author.name}</bdi>
        <span role="img" aria-label={`${comment.stars} of 5 stars`} className="flex text-foreground">
          {STARS.map((star) => (
            <StarIcon
              key={star}
              aria-hidden="true"
              className={cn("size-4", star <= comment.stars ? "fill-current" : "text-muted-foreground/60")}
            />
          ))}
        </span>
        <span className="text-[13px] text-muted-foreground">
          {dayAndTime(new Date(comment.at), now, ownTimeStyle())}
        </span>
        {comment.is_mine && (
          <Button variant="ghost" size="icon-sm" aria-label="Delete this comment" onClick={drop}>
            <Trash2Icon />
          </Button>
        )}
      </div>
      <p className="mt-1 whitespace-pre-line break-words">{comment.text}</p>
    </li>
  );
}

function CommentForm({ interviewId }: { interviewId: string }) {
  const [stars, setStars] = useState(0);
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    writeComment(interviewId, { stars, text: text.trim() });
    setStars(0);
    setText("");
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <fieldset className="flex w-fit">
        <legend className="sr-only">Stars</legend>
        {STARS.map((star) => (
          <label
            key={star}
            className="cursor-pointer rounded-md p-1 has-focus-visible:outline-2 has-focus-visible:outline-ring"
          >
            <input
              type="radio"
              name="stars"
              className="sr-only"
              aria-label={star === 1 ? "1 star" : `${star} stars`}
              checked={stars === star}
              onChange={() => setStars(star)}
            />
            <StarIcon
              aria-hidden="true"
              className={cn("size-6", star <= stars ? "fill-current" : "text-muted-foreground/60")}
            />
          </label>
        ))}
      </fieldset>
      <Textarea
        aria-label="New comment"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="For your colleagues. The candidate never sees it."
        maxLength={4000}
        className="min-h-16"
      />
      <Button
        type="submit"
        variant="outline"
        className="justify-self-end"
        disabled={stars === 0 || text.trim() === ""}
      >
        Add comment
      </Button>
    </form>
  );
}
