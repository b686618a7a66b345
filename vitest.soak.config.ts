// `npm run soak`: what runs for as long as one likes.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/soak/**/*.test.ts'], pool: 'forks' } });
