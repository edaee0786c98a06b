import { PaperclipIcon } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useAddLink, useAskForResume } from "@/api/attachments";
import { useLive } from "@/api/live";
import type { Interview } from "@/api/types";
import { AttachmentRow } from "@/components/attachment-row";
import { ChooseFile } from "@/components/choose-file";
import { EmptyState } from "@/components/empty-state";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { Skeleton } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import { UploadList } from "@/components/upload-list";
import { isOver } from "@/lib/interview-order";

const resumeKinds = ".pdf,.doc,.docx,.odt,.rtf,.txt";

/** The résumé, other files and links of an interview, and whether the candidate is asked for a résumé. */
export function Attachments({ interview }: { interview: Interview }) {
  const attachments = useLive("interviews.attachments", { interview_id: interview.id });
  const ask = useAskForResume(interview.id);
  const switchId = useId();
  const resume = { purpose: "resume", subject: interview.id } as const;
  const file = { purpose: "attachment", subject: interview.id } as const;
  const isOpen = !isOver(interview);
  return (
    <section aria-label="Files and links">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">Files and links</h2>
        <div className="flex flex-wrap gap-2">
          <ChooseFile place={resume} accept={resumeKinds}>
            Résumé
          </ChooseFile>
          <ChooseFile place={file} isMultiple>
            File
          </ChooseFile>
          <AddLink interviewId={interview.id} />
        </div>
      </div>
      <UploadList place={resume} />
      <UploadList place={file} />
      {attachments.problem && <ProblemNotice problem={attachments.problem} />}
      {attachments.isPending && <Skeleton className="h-16 rounded-xl" />}
      {attachments.data?.length === 0 && (
        <EmptyState icon={PaperclipIcon} title="No files yet" heading="h3" className="py-8">
          Only your organisation sees what is here. The candidate sees what they sent themselves.
        </EmptyState>
      )}
      {attachments.data && attachments.data.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {attachments.data.map((attachment) => (
            <AttachmentRow key={attachment.id} attachment={attachment} />
          ))}
        </ul>
      )}
      {isOpen && (
        <div className="mt-3 flex items-center gap-2">
          <Switch
            id={switchId}
            checked={interview.candidate.is_resume_wanted}
            disabled={ask.isPending}
            onCheckedChange={(wanted) => ask.mutate(wanted, { onError: toastProblem })}
          />
          <Label htmlFor={switchId} className="font-normal">
            Ask the candidate for a résumé on their page
          </Label>
        </div>
      )}
    </section>
  );
}

function AddLink({ interviewId }: { interviewId: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const [url, setUrl] = useState("");
  const [name, setName] = useState("");
  const add = useAddLink(interviewId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(
      { url: url.trim(), name: name.trim() || url.trim().replace(/^https?:\/\//, "") },
      {
        onSuccess: () => {
          setIsOpen(false);
          setUrl("");
          setName("");
        },
        onError: toastProblem,
      },
    );
  };
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <Button variant="outline" size="sm">
          Link
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="w-80 p-4">
        <form onSubmit={submit} className="grid gap-3">
          <Field label="Address">
            {(control) => (
              <Input
                {...control}
                type="url"
                required
                placeholder="https://…"
                value={url}
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
          <Field label="Name" aside="optional">
            {(control) => (
              <Input
                {...control}
                maxLength={200}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Button type="submit" size="sm" disabled={add.isPending}>
            Add link
          </Button>
        </form>
      </PopoverContent>
    </Popover>
  );
}
