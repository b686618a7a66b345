// Which sections every table of a tree gets beside those that all tables have.
import type { TreeMeta } from '../version/edit.js';
import type { SectionCollector } from './collector.js';
import { StatisticsCollector } from './statistics.js';
import { ZoneCollector } from './zones.js';

/** One of each kind that a table of this tree wants. */
export function collectorsFor(tree: TreeMeta): SectionCollector[] {
  const { columns, parts } = tree;
  return [
    ...(columns === undefined ? [] : [new ZoneCollector(columns)]),
    ...(parts === undefined ? [] : [new StatisticsCollector(parts)]),
  ];
}
