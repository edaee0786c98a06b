/** The router, the query cache and what a route may expect in its context. */
import { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { ProblemError } from "@/api/client";
import { RouteError } from "@/components/route-error";
import { routeTree } from "./routeTree.gen";

// The browser's word for being offline is no reason to wait: the server may be on this very machine, and a failure that
// is told at once can be answered.
const networkMode = "always";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      networkMode,
      // A refusal stays a refusal; only a lost connection or a broken server is worth a second try.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ProblemError && error.status in refusals),
    },
    mutations: { networkMode },
  },
});

const refusals: Record<number, true> = {
  400: true,
  401: true,
  403: true,
  404: true,
  409: true,
  410: true,
  422: true,
};

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: RouteError,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
