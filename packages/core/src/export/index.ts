export { formatUsd } from '../metrics/money.ts'
export { csvHeader, csvLine, toCsvLine } from './csv.ts'
export { formatDecimalUsd } from './decimal-usd.ts'
export { toJsonLine } from './json-lines.ts'
