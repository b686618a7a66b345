// `npm run bench:bulk-memory`: compiles bench/rows with tspc and runs its load of 10,000,000 rows.
import { runRace } from './race.mjs';

runRace('rows', 'bulk-memory');
