/** A Markdown table; the first row is its heading, the columns from `rightFrom` on are right-aligned. */
export function markdownTable(
  rows: readonly (readonly string[])[],
  { rightFrom = Infinity }: { rightFrom?: number } = {},
): string {
  const [heading = [], ...body] = rows
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`
  const rule = `| ${heading.map((_, column) => (column >= rightFrom ? '---:' : '---')).join(' | ')} |`
  return [line(heading), rule, ...body.map(line)].join('\n')
}

/** Text from data as it may stand anywhere in Markdown: on one line, and no HTML. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ')
}

function escapeCell(text: string): string {
  return escapeText(text).replaceAll('|', '\\|')
}
