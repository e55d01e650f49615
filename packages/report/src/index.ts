export { overheadCells, toMarkdown } from './markdown.ts'

export type { Report, ReportEntrant, ReportOverhead } from './report.ts'
