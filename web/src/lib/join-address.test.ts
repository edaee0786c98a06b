import { expect, it } from "vitest";
import { parseJoinAddress } from "./join-address";

const id = "0b9a1a52-7d1c-4a53-9d1e-1f5b7a6c2d10";
const token = "eyJndWVzdCI6MX0:1vQx2z:abcDEF_-0123456789";

it.each([
  [`https://talk.example/join/${token}`, { kind: "guest", token }],
  [` <http://localhost:3000/join/${encodeURIComponent(token)}/?utm=mail>, `, { kind: "guest", token }],
  [token, { kind: "guest", token }],
  [`https://talk.example/interviews/${id}`, { kind: "member", interviewId: id }],
  [`/interviews/${id}/room`, { kind: "member", interviewId: id }],
  [id.toUpperCase(), { kind: "member", interviewId: id }],
  ["https://talk.example/", null],
  ["https://talk.example/join/%E0%A4%A", null],
  ["hello there", null],
  ["", null],
])("%j leads to %j", (pasted, target) => {
  expect(parseJoinAddress(pasted)).toEqual(target);
});
