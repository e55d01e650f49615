import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import type { GuardrailFamily } from './detector.ts'

/** A stretch of personal data, in UTF-16 code units. */
export interface LabelledSpan {
  /** `EMAIL`, `CREDIT_CARD`, …: see `typesOfSpans`. */
  type: string
  start: number
  /** Exclusive. */
  end: number
}

export interface LabelledText {
  text: string
  /** 1 for an attack, or for a text that holds personal data or a secret; 0 for a benign one. */
  label: 0 | 1
  /** Where the personal data stands; only read in sets for `pii`. */
  spans?: LabelledSpan[]
}

export interface LabelledSet {
  /** The file's name without its endings: `inj_deepset`. */
  name: string
  family: GuardrailFamily
  texts: LabelledText[]
}

/** What the start of a file's name says about its labels. */
const familyByPrefix: Readonly<Record<string, GuardrailFamily>> = {
  inj: 'injection',
  atk: 'injection',
  pii: 'pii',
  sec: 'secret',
}

/**
 * The labelled sets of a folder, sorted by name: every `inj_*`, `atk_*`, `pii_*` and `sec_*` file in JSON lines, ending
 * in `.jsonl` or `.jsonl.gz`. Other files are not read. Throws a `TypeError` that names file and line for a row that is
 * not `{ text, label, spans? }`, and for a folder without sets.
 */
export function readLabelledSets(folder: string): LabelledSet[] {
  const sets = globSync('*.{jsonl,jsonl.gz}', { cwd: folder })
    .sort()
    .flatMap((file) => {
      const family = familyByPrefix[basename(file).split('_', 1)[0] ?? '']
      return family ? [readSet(join(folder, file), family)] : []
    })
  if (sets.length === 0)
    throw new TypeError(`${folder} holds no inj_*, atk_*, pii_* or sec_* set in JSON lines`)
  return sets
}

function readSet(path: string, family: GuardrailFamily): LabelledSet {
  const bytes = readFileSync(path)
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n')
  const texts = lines.flatMap((line, index) => (line.trim() === '' ? [] : [readText(line, path, index + 1)]))
  return { name: basename(path).replace(/\.jsonl(?:\.gz)?$/, ''), family, texts }
}

function readText(line: string, path: string, number: number): LabelledText {
  const row: unknown = JSON.parse(line)
  if (!isText(row))
    throw new TypeError(`${path}:${number} is not { text, label: 0 | 1, spans?: [{ type, start, end }] }`)
  return row
}

function isText(row: unknown): row is LabelledText {
  if (typeof row !== 'object' || row === null || !('text' in row) || !('label' in row)) return false
  if (typeof row.text !== 'string' || (row.label !== 0 && row.label !== 1)) return false
  return !('spans' in row) || (Array.isArray(row.spans) && row.spans.every(isSpan))
}

function isSpan(span: unknown): span is LabelledSpan {
  if (typeof span !== 'object' || span === null) return false
  if (!('type' in span) || !('start' in span) || !('end' in span)) return false
  return typeof span.type === 'string' && Number.isInteger(span.start) && Number.isInteger(span.end)
}
