import { expect, test } from "vitest";
import openapi from "@/api/openapi.json";
import { type ApiDocument, grouped, partsOf, scopeOf, typeWords } from "./document";

const document = openapi as unknown as ApiDocument;

test("every operation of the API is on the page, below its tag", () => {
  const rows = grouped(document, "").flatMap(([, rows]) => rows);
  expect(rows.length).toBe(Object.values(document.paths).flatMap(Object.values).length);
  expect(grouped(document, "join").flatMap(([, rows]) => rows.map(({ path }) => path))).toContain(
    "/api/interviews/{interview_id}/join",
  );
});

test("a key's scope is told, and where there is none", () => {
  const rows = grouped(document, "").flatMap(([, rows]) => rows);
  const scopes = Object.fromEntries(rows.map((row) => [row.operation.operationId, scopeOf(row)]));
  expect(scopes).toMatchObject({
    list_interviews: "interviews:read",
    begin_upload: "interviews:write",
    change_role: "organisation:write",
    change_profile: null,
    make_api_key: null,
  });
});

test("types are said in one line", () => {
  expect(typeWords({ anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] })).toBe(
    "string (date-time) or null",
  );
  expect(typeWords({ type: "array", items: { $ref: "#/components/schemas/MemberOut" } })).toBe("MemberOut[]");
});

test("a type that contains itself is met once", () => {
  const loop: ApiDocument = {
    paths: {},
    components: { schemas: { Tree: { properties: { below: { $ref: "#/components/schemas/Tree" } } } } },
  };
  expect([...partsOf(loop, { $ref: "#/components/schemas/Tree" }).keys()]).toEqual(["Tree"]);
});
