// What the report and the dashboard share: both are pages of the same house. Runs in a browser, too.
export { formatCount, formatDollars, formatMs, formatShare, nothing } from './figures.ts'
export { chartBase, colors, entrantColor as seriesColor, valueAxis } from './html/charts/chart.ts'
export { theme } from './html/theme.ts'
