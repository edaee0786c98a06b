import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { followSession } from "@/api/session";
import { followAccountLanguage } from "@/hooks/use-language";
import { followAccountTheme } from "@/hooks/use-theme";
import { pageNonce } from "@/lib/nonce";
import { queryClient, router } from "./router";
import "./styles.css";

// Radix locks scrolling by a <style> element, which the content security policy wants to carry the nonce.
const nonce = pageNonce();
if (nonce) setNonce(nonce);

followSession(queryClient, () => router.invalidate());
followAccountTheme(queryClient);
followAccountLanguage(queryClient);

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
