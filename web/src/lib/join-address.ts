/** Finds out where somebody wants to go from what they paste: a candidate's link, an interview's address, or a bare token. */

export type JoinTarget = { kind: "guest"; token: string } | { kind: "member"; interviewId: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TOKEN = /^[\w.:=-]{16,512}$/;

export function parseJoinAddress(pasted: string): JoinTarget | null {
  const text = pasted.trim().replace(/^[<("']+|[>)"',.;]+$/g, "");
  const path = text.replace(/^[a-z]+:\/\/[^/]+/i, "").replace(/[?#].*$/, "");
  const [, guest] = path.match(/\/join\/([^/]+)\/?$/) ?? [];
  if (guest) {
    const token = decode(guest);
    return token ? { kind: "guest", token } : null;
  }
  const [, interview] = path.match(/\/interviews\/([^/]+)(?:\/room)?\/?$/) ?? [];
  const id = interview ?? text;
  if (UUID.test(id)) return { kind: "member", interviewId: id.toLowerCase() };
  return TOKEN.test(text) ? { kind: "guest", token: text } : null;
}

function decode(part: string): string | null {
  try {
    const token = decodeURIComponent(part);
    return TOKEN.test(token) ? token : null;
  } catch {
    return null;
  }
}
