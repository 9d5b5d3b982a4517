import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The built files are committed and embedded, so their names do not change with their content.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../built",
    emptyOutDir: true,
    chunkSizeWarningLimit: 2000,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
});
