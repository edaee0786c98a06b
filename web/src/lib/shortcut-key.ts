/** The key that people of this machine hold for shortcuts, as it is written on their keyboard. */
export function shortcutKey(): string {
  return /mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘" : "Ctrl";
}
