import { useQuery } from "@tanstack/react-query";
import { MailIcon, PaperclipIcon } from "lucide-react";
import { useState } from "react";
import { problemOf } from "@/api/client";
import { mailsQuery } from "@/api/mails";
import type { KeptMail } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { MessagePage } from "@/components/message-page";
import { MessageText } from "@/components/message-text";
import { ThemeMenu } from "@/components/theme-menu";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { useTitle } from "@/hooks/use-title";
import { cn } from "@/lib/cn";
import { sizeLabel } from "@/lib/recording-facts";
import { clockTime, ownTimeStyle } from "@/lib/time";

/** What this server would have sent: the list on the left, one of them on the right. */
export function MailboxPage() {
  useTitle("Mailbox");
  const mails = useQuery(mailsQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  if (mails.error && problemOf(mails.error).status === 404) {
    return (
      <MessagePage icon={MailIcon} title="There is no mailbox here">
        A developer switches it on with INTERVIEW_STREAM_MAILBOX=on, on their own machine.
      </MessagePage>
    );
  }
  const shown = mails.data?.find(({ id }) => id === chosen) ?? mails.data?.[0];
  return (
    <div className="mx-auto max-w-6xl px-4 py-6 md:px-8">
      <header className="mb-5 flex items-start justify-between gap-4">
        <div>
          <h1 className="font-semibold text-2xl tracking-tight">Mailbox</h1>
          <p className="mt-1 text-muted-foreground">
            E-mails that this server would have sent. They went to nobody.
          </p>
        </div>
        <ThemeMenu />
      </header>
      <main className="grid items-start gap-5 md:grid-cols-[20rem_minmax(0,1fr)]">
        {mails.isPending && <Skeleton className="h-40 rounded-xl" />}
        {mails.data?.length === 0 && (
          <EmptyState icon={MailIcon} title="No e-mails yet">
            Ask for a code or invite somebody: what is sent shows up here by itself.
          </EmptyState>
        )}
        {mails.data && mails.data.length > 0 && (
          <ul
            aria-label="E-mails"
            className="max-h-64 divide-y overflow-y-auto rounded-xl border bg-card md:max-h-[80dvh]"
          >
            {mails.data.map((mail) => (
              <li key={mail.id}>
                <button
                  type="button"
                  aria-current={mail.id === shown?.id}
                  onClick={() => setChosen(mail.id)}
                  className={cn(
                    "grid w-full gap-0.5 px-4 py-3 text-left focus-visible:-outline-offset-2",
                    mail.id === shown?.id ? "bg-accent" : "hover:bg-accent/50",
                  )}
                >
                  <span className="truncate font-medium">{mail.subject}</span>
                  <span className="truncate text-[13px] text-muted-foreground">
                    {mail.to} · {clockTime(new Date(mail.sent_at), ownTimeStyle())}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {shown && <OneMail key={shown.id} mail={shown} />}
      </main>
    </div>
  );
}

function OneMail({ mail }: { mail: KeptMail }) {
  const address = `/api/development/mails/${mail.id}`;
  return (
    <article className="min-w-0 rounded-xl border bg-card p-5">
      <h2 className="break-words font-semibold text-lg">{mail.subject}</h2>
      <p className="mt-1 break-words text-[13px] text-muted-foreground">
        From {mail.sender} to {mail.to}
      </p>
      <Tabs defaultValue="text" className="mt-4">
        {mail.has_html && (
          <TabsList>
            <TabsTrigger value="text">Text</TabsTrigger>
            <TabsTrigger value="html">HTML</TabsTrigger>
          </TabsList>
        )}
        <TabsContent value="text" className="whitespace-pre-wrap break-words pt-2">
          <MessageText text={mail.text} />
        </TabsContent>
        {mail.has_html && (
          <TabsContent value="html">
            <iframe
              title="The e-mail's HTML"
              src={`${address}/html`}
              sandbox=""
              className="h-[60dvh] w-full rounded-lg border bg-white"
            />
          </TabsContent>
        )}
      </Tabs>
      {mail.attachments.length > 0 && (
        <ul aria-label="Attachments" className="mt-5 flex flex-wrap gap-2 border-t pt-4">
          {mail.attachments.map((part, number) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the attachments of an e-mail never change.
            <li key={number}>
              <a
                href={`${address}/attachments/${number}`}
                download
                className="flex items-center gap-2 rounded-lg border px-3 py-1.5 text-[13px] hover:bg-accent"
              >
                <PaperclipIcon className="size-3.5" aria-hidden="true" />
                {part.name}
                <span className="text-muted-foreground">{sizeLabel(part.size_bytes)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
