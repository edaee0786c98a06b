/** One channel of the chat: what was written, and where to write. */

import { LockIcon, SendHorizontalIcon } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { ChatChannel, ChatMessage } from "@/api/types";
import { MessageText } from "@/components/message-text";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import { cn } from "@/lib/cn";
import { clockTime, ownTimeStyle } from "@/lib/time";
import { readStored, writeStored } from "./memory";
import type { Chat, Pending } from "./use-chat";

interface ChatPanelProps {
  chat: Chat;
  channel: ChatChannel;
  interviewId: string;
  /** Who reads it, in words. */
  audience: string;
  /** Observers only read. */
  canWrite: boolean;
}

export function ChatPanel({ chat, channel, interviewId, audience, canWrite }: ChatPanelProps) {
  const messages = chat.messages.filter((message) => message.channel === channel);
  const pending = chat.pending.filter((message) => message.channel === channel);
  const end = useRef<HTMLLIElement>(null);
  const count = messages.length + pending.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what moves the list.
  useEffect(() => {
    // Newer browsers return a promise here, which is no clean-up.
    void end.current?.scrollIntoView({ block: "nearest" });
  }, [count]);
  const { markRead } = chat;
  useEffect(() => markRead(channel), [markRead, channel]);
  return (
    <div className="flex min-h-0 flex-1 flex-col" data-testid={`chat-${channel}`}>
      <ol
        className="min-h-0 flex-1 space-y-3 overflow-y-auto p-4"
        aria-live="polite"
        aria-label={`Messages: ${audience}`}
      >
        {count === 0 && (
          <li className="text-[13px] text-muted-foreground">Nothing written yet. {audience}</li>
        )}
        {messages.map((message, index) => (
          <Line key={message.id} message={message} isGrouped={isGrouped(messages[index - 1], message)} />
        ))}
        {pending.map((message) => (
          <Unsent key={message.id} message={message} onRetry={() => chat.retry(message.id)} />
        ))}
        <li ref={end} aria-hidden />
      </ol>
      {canWrite && (
        <Composer
          key={channel}
          draftKey={`chat-draft.${interviewId}.${channel}`}
          label={channel === "team" ? "Message to the interviewers" : "Message to everyone"}
          isPrivate={channel === "team"}
          onSend={(text) => chat.send(channel, text)}
        />
      )}
    </div>
  );
}

const TOGETHER_MS = 120_000;

function isGrouped(before: ChatMessage | undefined, message: ChatMessage): boolean {
  if (before === undefined || before.author !== message.author || before.is_mine !== message.is_mine)
    return false;
  return Date.parse(message.at) - Date.parse(before.at) < TOGETHER_MS;
}

function Line({ message, isGrouped }: { message: ChatMessage; isGrouped: boolean }) {
  return (
    <li data-testid="message" className={cn(isGrouped && "!mt-1")}>
      {!isGrouped && (
        <p className="flex items-baseline gap-2 text-xs">
          <bdi className={cn("truncate font-medium", message.is_mine && "text-primary")}>
            {message.is_mine ? "You" : message.author}
          </bdi>
          <time dateTime={message.at} className="shrink-0 text-muted-foreground">
            {clockTime(new Date(message.at), ownTimeStyle())}
          </time>
        </p>
      )}
      <MessageText text={message.text} />
    </li>
  );
}

function Unsent({ message, onRetry }: { message: Pending; onRetry: () => void }) {
  return (
    <li data-testid="unsent-message" className="opacity-70">
      <MessageText text={message.text} />
      {message.failure === undefined ? (
        <p className="text-muted-foreground text-xs">Sending…</p>
      ) : (
        <p className="flex items-center gap-2 text-warning text-xs">
          Not sent: {message.failure}.
          <button type="button" onClick={onRetry} className="underline underline-offset-2">
            Try again
          </button>
        </p>
      )}
    </li>
  );
}

interface ComposerProps {
  draftKey: string;
  label: string;
  isPrivate: boolean;
  onSend: (text: string) => void;
}

const LONGEST = 10_000;

function Composer({ draftKey, label, isPrivate, onSend }: ComposerProps) {
  const [text, setText] = useState(() => readStored<string>(draftKey) ?? "");
  const change = (next: string) => {
    setText(next);
    writeStored(draftKey, next === "" ? undefined : next);
  };
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === "") return;
    onSend(text);
    change("");
  };
  const pressed = (event: KeyboardEvent) => {
    // The Enter that ends a composed word is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form onSubmit={submit} className="border-t p-3">
      <div className="relative">
        <Textarea
          data-testid="chat-input"
          aria-label={label}
          placeholder={label}
          value={text}
          maxLength={LONGEST}
          rows={2}
          onChange={(event) => change(event.target.value)}
          onKeyDown={pressed}
          className="max-h-40 min-h-14 resize-none pr-11"
        />
        <Button
          type="submit"
          size="icon-sm"
          aria-label="Send"
          disabled={text.trim() === ""}
          className="absolute right-2 bottom-2"
        >
          <SendHorizontalIcon />
        </Button>
      </div>
      <p className="mt-1.5 flex items-center gap-1 text-[11px] text-muted-foreground">
        {isPrivate && <LockIcon className="size-3" aria-hidden />}
        {isPrivate ? "The candidate never sees this." : "Kept with the interview."} Shift+Enter for a new
        line.
      </p>
    </form>
  );
}
