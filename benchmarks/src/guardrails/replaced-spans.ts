import type { Detection } from './detector.ts'

/**
 * Where a library replaced something, from what it was given and what it returned: it says no positions. `typeOf` names the placeholders
 * that it writes, and the type of each. What stands between two placeholders is searched for in the original, first place first.
 */
export function replacedSpans(
  original: string,
  replaced: string,
  typeOf: Readonly<Record<string, string>>,
): Detection[] {
  const names = Object.keys(typeOf).map((name) => name.replaceAll(/[^\w]/g, String.raw`\$&`))
  const pieces = replaced.split(new RegExp(`(${names.join('|')})`))
  const detections: Detection[] = []
  let position = pieces[0]?.length ?? 0
  for (let index = 1; index < pieces.length; index += 2) {
    const between = pieces[index + 1] ?? ''
    const isLast = index + 2 >= pieces.length
    // Something stands in the place of a placeholder, so at least one character.
    const found = isLast ? original.length - between.length : original.indexOf(between, position + 1)
    const end = found === -1 ? original.length : found
    detections.push({ type: typeOf[pieces[index] ?? ''] ?? 'other', start: position, end })
    position = end + between.length
  }
  return detections
}
