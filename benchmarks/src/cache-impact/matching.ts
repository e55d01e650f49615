import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { normaliseText } from '@plumbline/core'
import type { MatchingRow } from '@plumbline/report'

import { wilsonInterval } from '../method/wilson.ts'
import { linesOf, readFields } from '../traces/lines.ts'

/**
 * What matching finds in pairs of texts that people have judged: JSON lines of `a`, `b` and `label`, 1 where both ask the same, plain
 * or in gzip. A hit on a pair with label 0 is wrong. Throws `TraceError` for a line that is none.
 */
export function measureMatching(path: string): MatchingRow[] {
  const bytes = readFileSync(path)
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  const pairs = linesOf((isZipped ? gunzipSync(bytes) : bytes).toString('utf8')).map((line) => {
    const fields = readFields(path, line)
    return { a: fields.text('a'), b: fields.text('b'), isSame: fields.integer('label', 0) > 0 }
  })
  const identity = (text: string): string => text
  return [
    { matching: 'exact' as const, keyOf: identity },
    { matching: 'normalised' as const, keyOf: normaliseText },
  ].map(({ matching, keyOf }) => {
    const hits = pairs.filter(({ a, b }) => keyOf(a) === keyOf(b))
    const wrongHits = hits.filter(({ isSame }) => !isSame).length
    return {
      name: basename(path),
      pairs: pairs.length,
      samePairs: pairs.filter(({ isSame }) => isSame).length,
      matching,
      hits: hits.length,
      wrongHits,
      wrongShare: wilsonInterval(wrongHits, hits.length),
    }
  })
}
