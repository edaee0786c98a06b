import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The development server stands in front of a running `interview-stream serve`.
const backend = process.env.INTERVIEW_STREAM_BACKEND ?? "http://127.0.0.1:3000";

export default defineConfig({
  plugins: [
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      routesDirectory: "src/routes",
      quoteStyle: "double",
    }),
    react(),
    tailwindcss(),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // The server puts a fresh nonce in place of this word each time it renders the page.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    target: "es2023",
    // A data: URL would need a wider content security policy than files do.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The room's own chunk holds the whole media client; it is fetched on the way into a call only.
    chunkSizeWarningLimit: 1300,
  },
  server: {
    proxy: {
      "/api": backend,
      "/_allauth": backend,
      "/healthz": backend,
      "/live": { target: backend, ws: true },
      "/rtc": { target: backend, ws: true },
    },
  },
});
