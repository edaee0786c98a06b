/** The text of a message: addresses can be opened, and several lines keep their form, as pasted code needs. */
import { linkedText } from "@/lib/linked-text";

export function MessageText({ text }: { text: string }) {
  const isBlock = text.includes("\n") && /^[ \t]|[{};]$|^\S+\(/m.test(text);
  const parts = linkedText(text).map((part, index) =>
    part.href === undefined ? (
      part.text
    ) : (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order.
        key={index}
        href={part.href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="break-all text-primary underline underline-offset-2"
      >
        {part.text}
      </a>
    ),
  );
  if (isBlock) {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls has to be reachable by keyboard.
      <pre tabIndex={0} className="mt-1 overflow-x-auto rounded-md bg-muted p-2 font-mono text-xs leading-5">
        {parts}
      </pre>
    );
  }
  return (
    <p className="whitespace-pre-wrap break-words text-sm leading-5" dir="auto">
      {parts}
    </p>
  );
}
