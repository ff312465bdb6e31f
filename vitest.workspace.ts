import { defineConfig, type ViteUserConfig } from "vitest/config";

// No "import" or "module": workers pass these conditions on to require(), which would get ES modules of CommonJS packages.
const source = { conditions: ["@furze/source", "node"] };

const config: ViteUserConfig = defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "tools/*.test.mjs"],
          exclude: ["**/*.integration.test.ts", "**/node_modules/**"],
          // They take well under a second alone; beside whole systems on two cores it may be many times that.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          globalSetup: "tools/services/vitest-setup.mjs",
          include: ["packages/*/src/**/*.integration.test.ts", "test/**/*.test.ts"],
          // Stores and whole systems must not care where a process or a server is; servers of tools/services have zones of their own.
          env: { TZ: "America/New_York" },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

export default config;
