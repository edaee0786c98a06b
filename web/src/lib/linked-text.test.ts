import { expect, test } from "vitest";
import { linkedText } from "./linked-text";

test("addresses become links, without the full stop after them", () => {
  expect(linkedText("See https://example.org/a?b=1. And (http://example.com)!")).toEqual([
    { text: "See " },
    { text: "https://example.org/a?b=1", href: "https://example.org/a?b=1" },
    { text: ". And (" },
    { text: "http://example.com", href: "http://example.com" },
    { text: ")!" },
  ]);
});

test("what could run as code stays text", () => {
  const text = "javascript:alert(1) data:text/html,x file:///etc/passwd https://";
  expect(linkedText(text)).toEqual([{ text }]);
});
