/** Where to go after signing in: a path of this site, never somebody else's address put into our link. */
export function safeNext(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^\/(?![/\\])/.test(value)) return undefined;
  const url = new URL(value, "https://here.invalid");
  return url.origin === "https://here.invalid" ? url.pathname + url.search + url.hash : undefined;
}
