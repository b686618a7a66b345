// `npm run bench:rows`: compiles bench/rows with tspc and runs it.
import { runRace } from './race.mjs';

runRace('rows');
