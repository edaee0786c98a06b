import { DownloadIcon, FileTextIcon, FileUserIcon, LinkIcon, Trash2Icon } from "lucide-react";
import { useDownloadAttachment, useRemoveAttachment } from "@/api/attachments";
import type { Attachment } from "@/api/types";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { useNow } from "@/hooks/use-now";
import { sizeLabel } from "@/lib/recording-facts";
import { dayAndTime, ownTimeStyle } from "@/lib/time";

const icons = { resume: FileUserIcon, file: FileTextIcon, link: LinkIcon };

/** One file or link: opened, or removed. */
export function AttachmentRow({ attachment, guestToken }: { attachment: Attachment; guestToken?: string }) {
  const now = useNow();
  const download = useDownloadAttachment(attachment.id, guestToken);
  const remove = useRemoveAttachment(attachment.id, guestToken);
  const Icon = icons[attachment.kind];
  const facts = [
    attachment.kind === "resume" ? "Résumé" : null,
    attachment.size_bytes === null ? null : sizeLabel(attachment.size_bytes),
    guestToken ? null : (attachment.added_by ?? "from the candidate"),
    dayAndTime(new Date(attachment.added_at), now, ownTimeStyle()),
  ].filter(Boolean);
  return (
    <li className="flex items-center gap-3 px-4 py-2.5" data-testid="attachment">
      <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-secondary">
        <Icon className="size-4.5" aria-hidden="true" />
      </span>
      <span className="min-w-0 flex-1">
        {attachment.url ? (
          <a
            href={attachment.url}
            target="_blank"
            rel="noreferrer noopener"
            className="block truncate font-medium underline-offset-4 hover:underline"
          >
            <bdi>{attachment.name}</bdi>
          </a>
        ) : (
          <bdi className="block truncate font-medium">{attachment.name}</bdi>
        )}
        <span className="block truncate text-[13px] text-muted-foreground">{facts.join(" · ")}</span>
      </span>
      {attachment.kind !== "link" && (
        <Button
          variant="ghost"
          size="icon"
          aria-label={`Download ${attachment.name}`}
          disabled={download.isPending}
          onClick={() => download.mutate(undefined, { onError: toastProblem })}
        >
          <DownloadIcon />
        </Button>
      )}
      <Button
        variant="ghost"
        size="icon"
        aria-label={`Remove ${attachment.name}`}
        disabled={remove.isPending}
        onClick={() => remove.mutate(undefined, { onError: toastProblem })}
      >
        <Trash2Icon />
      </Button>
    </li>
  );
}
