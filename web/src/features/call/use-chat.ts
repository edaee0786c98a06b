/** The messages of a call, those on their way, what is unread, and what was typed but not sent. */
import { useCallback, useEffect, useRef, useState } from "react";
import { type Outgoing, writeMessage } from "@/api/chat";
import { problemOf } from "@/api/client";
import { useLive, useLiveState } from "@/api/live";
import type { ChatChannel, ChatMessage } from "@/api/types";
import { newId } from "@/lib/new-id";
import { readStored, writeStored } from "./memory";

export interface Pending extends Outgoing {
  /** Why it did not arrive; undefined while it is under way. */
  failure: string | undefined;
}

export interface Chat {
  messages: ChatMessage[];
  pending: Pending[];
  unread: Record<ChatChannel, number>;
  send: (channel: ChatChannel, text: string) => void;
  retry: (id: string) => void;
  markRead: (channel: ChatChannel) => void;
}

type Seen = Partial<Record<ChatChannel, string>>;
const NONE: ChatMessage[] = [];

export function useChat(interviewId: string, guestToken: string | undefined): Chat {
  const messages = useLive("chat.messages", { interview_id: interviewId }).data ?? NONE;
  const pendingKey = `chat-pending.${interviewId}`;
  const seenKey = `chat-seen.${interviewId}`;
  const [pending, setPending] = useState<Pending[]>(() => interrupted(readStored<Pending[]>(pendingKey)));
  const [seen, setSeen] = useState<Seen>(() => readStored<Seen>(seenKey) ?? {});

  // A page that goes away meanwhile sends them from the next one.
  useEffect(() => writeStored(pendingKey, pending.length > 0 ? pending : undefined), [pendingKey, pending]);

  const deliver = useCallback(
    async ({ id, channel, text }: Outgoing) => {
      const update = (change: (one: Pending) => Pending[]) =>
        setPending((all) => all.flatMap((one) => (one.id === id ? change(one) : [one])));
      update((one) => [{ ...one, failure: undefined }]);
      try {
        await writeMessage(interviewId, { id, channel, text }, guestToken);
        update(() => []);
      } catch (error) {
        update((one) => [{ ...one, failure: problemOf(error).title }]);
      }
    },
    [interviewId, guestToken],
  );

  const send = useCallback(
    (channel: ChatChannel, text: string) => {
      const message = { id: newId(), channel, text };
      setPending((all) => [...all, { ...message, failure: undefined }]);
      void deliver(message);
    },
    [deliver],
  );

  // What was written while the line was down goes out by itself, in order, when it is back.
  const line = useLiveState();
  const waiting = useRef<Pending[]>([]);
  waiting.current = pending.filter(({ failure }) => failure !== undefined);
  useEffect(() => {
    if (line !== "open") return;
    void (async () => {
      for (const message of waiting.current) await deliver(message);
    })();
  }, [line, deliver]);

  const retry = useCallback(
    (id: string) => {
      const message = pending.find((one) => one.id === id);
      if (message !== undefined) void deliver(message);
    },
    [pending, deliver],
  );

  const markRead = useCallback(
    (channel: ChatChannel) => {
      const newest = messages.findLast((message) => message.channel === channel)?.at;
      if (newest === undefined || newest === seen[channel]) return;
      const next = { ...seen, [channel]: newest };
      setSeen(next);
      writeStored(seenKey, next);
    },
    [messages, seen, seenKey],
  );

  const isUnread = (message: ChatMessage) => !message.is_mine && message.at > (seen[message.channel] ?? "");
  const unread = messages.filter(isUnread);
  return {
    messages,
    pending: pending.filter(({ id }) => messages.every((message) => message.id !== id)),
    unread: {
      everyone: unread.filter(({ channel }) => channel === "everyone").length,
      team: unread.filter(({ channel }) => channel === "team").length,
    },
    send,
    retry,
    markRead,
  };
}

function interrupted(stored: Pending[] | undefined): Pending[] {
  return (stored ?? []).map((one) => ({ ...one, failure: one.failure ?? "The page was loaded anew" }));
}
