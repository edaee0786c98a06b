import { expect, it } from "vitest";
import { dayBlocks, hoursShown } from "./day-blocks";

function planned(id: string, hour: number, minutes: number) {
  return { id, start: new Date(2026, 10, 24, Math.floor(hour), (hour % 1) * 60), minutes };
}

function columns(...day: ReturnType<typeof planned>[]) {
  return Object.fromEntries(dayBlocks(day).map(({ id, column, columns: all }) => [id, `${column}/${all}`]));
}

it("puts meetings that overlap side by side and no others", () => {
  expect(
    columns(planned("a", 9, 60), planned("b", 9.5, 60), planned("c", 10, 60), planned("d", 11, 30)),
  ).toEqual({
    a: "0/2",
    b: "1/2",
    c: "0/2",
    d: "0/1",
  });
});

it("needs three columns only where three meet", () => {
  expect(columns(planned("a", 9, 120), planned("b", 9, 60), planned("c", 9.25, 30))).toEqual({
    a: "0/3",
    b: "1/3",
    c: "2/3",
  });
});

it("cuts what goes past midnight and shows the hours that are used", () => {
  const blocks = dayBlocks([planned("late", 23, 120), planned("early", 6.5, 30)]);
  expect(blocks.at(-1)).toMatchObject({ from: 23 * 60, to: 24 * 60 });
  expect(hoursShown(blocks)).toEqual({ first: 6, last: 24 });
  expect(hoursShown([])).toEqual({ first: 8, last: 18 });
});
