// `npm run bench:transactions`: compiles bench/transactions with tspc and runs it.
import { runRace } from './race.mjs';

runRace('transactions');
