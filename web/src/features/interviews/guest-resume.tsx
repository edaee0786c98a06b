import { useLive } from "@/api/live";
import { AttachmentRow } from "@/components/attachment-row";
import { ChooseFile } from "@/components/choose-file";
import { UploadList } from "@/components/upload-list";

/** Where a candidate who was asked for a résumé sends it, and sees what they have sent. */
export function GuestResume({ interviewId, guestToken }: { interviewId: string; guestToken: string }) {
  const sent = useLive("guest.attachments", {});
  const place = { purpose: "resume", subject: interviewId, guestToken } as const;
  return (
    <section aria-label="Your résumé" className="mt-6 rounded-xl border bg-card p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <h2 className="font-semibold">Your résumé</h2>
          <p className="text-muted-foreground text-sm">
            PDF, Word, OpenDocument or text. Only your interviewers see it.
          </p>
        </div>
        <ChooseFile place={place} accept=".pdf,.doc,.docx,.odt,.rtf,.txt">
          {sent.data?.length ? "Send another" : "Choose a file"}
        </ChooseFile>
      </div>
      <div className="mt-3 empty:hidden">
        <UploadList place={place} />
      </div>
      {sent.data && sent.data.length > 0 && (
        <ul className="mt-3 divide-y overflow-hidden rounded-xl border">
          {sent.data.map((attachment) => (
            <AttachmentRow key={attachment.id} attachment={attachment} guestToken={guestToken} />
          ))}
        </ul>
      )}
    </section>
  );
}
