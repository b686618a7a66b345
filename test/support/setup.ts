// What every test file starts with.
import { chai } from 'vitest';

// The proxy around each assertion, which tells of misspelt matchers, takes a third of an expect's time; here the compiler tells of them.
chai.config.useProxy = false;
