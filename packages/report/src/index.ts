export { overheadCells, toMarkdown } from './markdown.ts'

export type { EntrantOutcomes, Environment, Overhead, OverheadRow, PairedRatio, Report } from './report.ts'
