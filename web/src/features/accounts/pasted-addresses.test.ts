import { expect, test } from "vitest";
import { addressesIn } from "./pasted-addresses";

test("takes lines, commas, semicolons and blanks", () => {
  const { good, odd } = addressesIn("a@x.org, b@x.org;c@x.org\n\n d@x.org e@x.org ");
  expect(good).toEqual(["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"]);
  expect(odd).toEqual([]);
});

test("takes what mail programs copy", () => {
  const { good } = addressesIn('"Nora Novák" <nora@x.org>, Ole Berg <Ole@X.org>');
  expect(good).toEqual(["nora@x.org", "ole@x.org"]);
});

test("names each once", () => {
  expect(addressesIn("a@x.org A@x.org").good).toEqual(["a@x.org"]);
});

test("keeps what is no address, to be shown", () => {
  expect(addressesIn("a@x.org, nora, b@x")).toEqual({ good: ["a@x.org"], odd: ["nora", "b@x"] });
});
