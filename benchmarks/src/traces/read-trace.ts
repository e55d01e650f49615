import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { azureHeading, readAzure } from './azure-csv.ts'
import { linesOf, readFields, type Line } from './lines.ts'
import { readMooncake } from './mooncake-jsonl.ts'
import { assumedGapMs, readQueries } from './query-jsonl.ts'
import { TraceError } from './trace-error.ts'
import { countFacts, type Trace, type TraceRequest } from './trace.ts'

/**
 * Reads a trace file, gzipped or not, in one of the formats of `docs/traces.md`; its first line says which. Throws `TraceError`
 * with file, line and what was expected for anything else, and what `readFileSync` throws for a file that cannot be read.
 */
export function readTrace(path: string): Trace {
  const bytes = readFileSync(path)
  const file = basename(path)
  const lines = linesOf(textOf(file, bytes))
  const [first] = lines
  if (first === undefined) throw new TraceError(file, 1, 'a request', undefined)
  const { what, read } = formatOf(file, first)
  const requests = read(file, lines)
  if (requests.length === 0) throw new TraceError(file, first.number + 1, 'a request', undefined)
  return {
    requests,
    facts: {
      name: file,
      what,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      temperature: 'set to 0 by the replay',
      ...countFacts(requests),
    },
  }
}

function textOf(file: string, bytes: Buffer): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b // RFC 1952, section 2.3.1
  if (!isGzip) return decode(bytes)
  try {
    return decode(gunzipSync(bytes))
  } catch {
    throw new TraceError(file, 1, 'a whole gzip file', undefined)
  }
}

/** Without a byte order mark, which files from Windows begin with. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

interface Format {
  /** What such a trace is, in a few words. */
  what: string
  read(file: string, lines: readonly Line[]): TraceRequest[]
}

function formatOf(file: string, first: Line): Format {
  if (first.text === azureHeading) {
    return { what: 'chat lengths and arrivals; nothing says what repeats', read: readAzure }
  }
  if (!first.text.startsWith('{')) {
    throw new TraceError(file, first.number, `a JSON object or the heading "${azureHeading}"`, first.text)
  }
  const fields = readFields(file, first)
  if (has(first, 'hash_ids')) {
    fields.integers('hash_ids')
    return { what: 'chat lengths and arrivals, with what repeats', read: readMooncake }
  }
  if (has(first, 'q')) {
    const times = has(first, 't_ms') ? '' : `, ${assumedGapMs / 1000} s apart since it has no times`
    return { what: `questions in the order in which they came${times}`, read: readQueries }
  }
  throw new TraceError(file, first.number, 'a "q" (questions) or "hash_ids" (Mooncake)', first.text)
}

function has({ text }: Line, field: string): boolean {
  return field in (JSON.parse(text) as object) // `readFields` has read it.
}
