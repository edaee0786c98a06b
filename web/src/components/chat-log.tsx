/** What was written in a call, to read again afterwards. */

import { LockIcon } from "lucide-react";
import { useLive } from "@/api/live";
import { MessageText } from "@/components/message-text";
import { clockTime, ownTimeStyle } from "@/lib/time";

export function ChatLog({ interviewId }: { interviewId: string }) {
  const messages = useLive("chat.messages", { interview_id: interviewId }).data;
  if (messages === undefined || messages.length === 0) return null;
  return (
    <section data-testid="chat-log">
      <h2 className="mb-3 font-semibold">Chat</h2>
      <ol className="max-h-96 divide-y overflow-y-auto rounded-xl border bg-card">
        {messages.map((message) => (
          <li key={message.id} className="px-4 py-2.5">
            <p className="flex items-center gap-1.5 text-[13px] text-muted-foreground">
              <bdi className="font-medium text-foreground">{message.author}</bdi>
              <time dateTime={message.at}>{timeOf(message.at)}</time>
              {message.channel === "team" && (
                <span className="flex items-center gap-1">
                  · <LockIcon className="size-3" aria-hidden /> interviewers only
                </span>
              )}
            </p>
            <MessageText text={message.text} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function timeOf(at: string): string {
  return clockTime(new Date(at), ownTimeStyle());
}
