// `npm run bench:query`: compiles bench/rows with tspc and runs its race on queries.
import { runRace } from './race.mjs';

runRace('rows', 'query');
