import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRightIcon, SearchIcon } from "lucide-react";
import { useState } from "react";
import { problemOf, request } from "@/api/client";
import { Brand } from "@/components/brand";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { SearchInput } from "@/components/search-input";
import { ThemeMenu } from "@/components/theme-menu";
import { Badge } from "@/components/ui/badge";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";
import { type ApiDocument, grouped, partsOf, type Row, type Schema, scopeOf, typeWords } from "./document";

/** The OpenAPI document, to read. */
export function ReferencePage() {
  useTitle("API");
  const [text, setText] = useState("");
  const loaded = useQuery({
    queryKey: ["openapi"],
    queryFn: () => request<ApiDocument>("GET", "/api/openapi.json"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="mx-auto max-w-4xl px-4 py-6 md:px-8">
      <header className="mb-8 flex items-center justify-between">
        <Link to="/" aria-label="Interview Stream">
          <Brand />
        </Link>
        <ThemeMenu />
      </header>
      <main>
        <h1 className="font-semibold text-2xl tracking-tight">API</h1>
        <Introduction />
        <SearchInput value={text} onChange={setText} label="Search operations" />
        {loaded.isPending && <Skeleton className="mt-6 h-96 rounded-xl" />}
        {loaded.error && <ProblemNotice problem={problemOf(loaded.error)} />}
        {loaded.data && <Groups document={loaded.data} text={text} />}
      </main>
    </div>
  );
}

function Introduction() {
  const line = `curl --header "Authorization: Bearer $INTERVIEW_STREAM_KEY" ${window.location.origin}/api/interviews`;
  return (
    <div className="mt-2 mb-6 grid max-w-prose gap-3 text-muted-foreground">
      <p>
        Make a key under{" "}
        <Link to="/settings/keys" className="font-medium text-foreground underline underline-offset-4">
          Settings → API keys
        </Link>{" "}
        and send it along. Errors are problem details (RFC 9457): <code>detail</code> says what to do.
      </p>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard.
        tabIndex={0}
        className="overflow-x-auto rounded-lg border bg-muted p-3 font-mono text-foreground text-xs"
      >
        {line}
      </pre>
      <p>
        For other tools:{" "}
        <a href="/api/openapi.json" className="font-medium text-foreground underline underline-offset-4">
          openapi.json
        </a>
      </p>
    </div>
  );
}

function Groups({ document, text }: { document: ApiDocument; text: string }) {
  const groups = grouped(document, text);
  if (groups.length === 0) {
    return (
      <EmptyState icon={SearchIcon} title="No operation says that">
        Search for a word of its address, such as “join”.
      </EmptyState>
    );
  }
  return groups.map(([tag, rows]) => (
    <section key={tag} className="mt-8">
      <h2 className="mb-3 font-semibold capitalize">{tag}</h2>
      <ul className="divide-y overflow-hidden rounded-xl border bg-card">
        {rows.map((row) => (
          <li key={row.operation.operationId}>
            <OperationRow document={document} row={row} />
          </li>
        ))}
      </ul>
    </section>
  ));
}

function OperationRow({ document, row }: { document: ApiDocument; row: Row }) {
  const [isOpen, setIsOpen] = useState(false);
  const scope = scopeOf(row);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)} className="group">
      <summary className="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-muted/50">
        <ChevronRightIcon
          className="size-4 shrink-0 transition-transform group-open:rotate-90"
          aria-hidden="true"
        />
        <span className="w-14 font-mono font-semibold text-xs">{row.method}</span>
        <span className="min-w-0 flex-1 break-all font-mono text-[13px]">{row.path}</span>
        {scope === null ? (
          <span className="text-muted-foreground text-xs">no keys</span>
        ) : (
          <Badge variant="outline">{scope}</Badge>
        )}
      </summary>
      {isOpen && <Details document={document} row={row} />}
    </details>
  );
}

function Details({ document, row: { operation } }: { document: ApiDocument; row: Row }) {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
  return (
    <div className="grid gap-4 border-t px-4 py-4">
      <p className="max-w-prose whitespace-pre-line">{operation.description ?? operation.summary}</p>
      {(operation.parameters?.length ?? 0) > 0 && (
        <Part title="Parameters">
          <Fields
            fields={
              operation.parameters?.map(({ name, schema, required }) => ({ name, schema, required })) ?? []
            }
          />
        </Part>
      )}
      {body && (
        <Part title={`Body: ${typeWords(body)}`}>
          <Types document={document} schema={body} />
        </Part>
      )}
      {answers.map(([status, answer]) => {
        const schema = Object.values(answer.content ?? {})[0]?.schema;
        return (
          <Part key={status} title={`${status}: ${schema ? typeWords(schema) : "no content"}`}>
            {schema && <Types document={document} schema={schema} />}
          </Part>
        );
      })}
    </div>
  );
}

function Part({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <div>
      <h3 className="mb-1.5 font-medium text-[13px]">{title}</h3>
      {children}
    </div>
  );
}

function Types({ document, schema }: { document: ApiDocument; schema: Schema }) {
  return [...partsOf(document, schema)].map(([name, part]) => (
    <div key={name} className="mb-2">
      <p className="font-mono text-muted-foreground text-xs">
        {name}
        {part.enum && ` = ${typeWords(part)}`}
      </p>
      <Fields
        fields={Object.entries(part.properties ?? {}).map(([field, each]) => ({
          name: field,
          schema: each,
          required: part.required?.includes(field),
        }))}
      />
    </div>
  ));
}

function Fields({ fields }: { fields: { name: string; schema: Schema; required?: boolean }[] }) {
  return (
    <ul className="grid gap-1 border-l pl-3">
      {fields.map(({ name, schema, required }) => (
        <li key={name} className="flex flex-wrap gap-x-3 text-[13px]">
          <code className="font-mono">{name}</code>
          <span className="break-all font-mono text-muted-foreground">{typeWords(schema)}</span>
          {!required && <span className="text-muted-foreground">optional</span>}
        </li>
      ))}
    </ul>
  );
}
