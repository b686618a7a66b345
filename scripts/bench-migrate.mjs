// `npm run bench:migrate`: compiles bench/migrate with tspc and runs it.
import { runRace } from './race.mjs';

runRace('migrate');
