import { TraceError } from './trace-error.ts'

/** One line of a file, numbered from 1. */
export interface Line {
  number: number
  text: string
}

/** The lines of a text that hold something. */
export function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line.replace(/\r$/, '') }))
    .filter((line) => line.text.trim() !== '')
}

/** Reads the fields of one JSON line, each checked: everything else in it is ignored. */
export interface FieldReader {
  text(name: string): string
  optionalText(name: string): string | undefined
  /** A finite number of at least `least`. */
  number(name: string, least: number): number
  optionalNumber(name: string, least: number): number | undefined
  integer(name: string, least: number): number
  /** Whole numbers, one or more. */
  integers(name: string): number[]
}

/** The JSON object of one line. Throws `TraceError` where it is none, or where a field is not what was asked for. */
export function readFields(file: string, line: Line): FieldReader {
  const fields = parse(file, line)
  const fail = (name: string, expected: string): never => {
    throw new TraceError(file, line.number, `"${name}" to be ${expected}`, fields[name])
  }
  const reader: FieldReader = {
    text(name) {
      const value = fields[name]
      return typeof value === 'string' && value !== '' ? value : fail(name, 'a text that is not empty')
    },
    optionalText: (name) => (isAbsent(fields[name]) ? undefined : reader.text(name)),
    number(name, least) {
      const value = fields[name]
      return typeof value === 'number' && Number.isFinite(value) && value >= least
        ? value
        : fail(name, `a number of at least ${least}`)
    },
    optionalNumber: (name, least) => (isAbsent(fields[name]) ? undefined : reader.number(name, least)),
    integer(name, least) {
      const value = reader.number(name, least)
      return Number.isInteger(value) ? value : fail(name, 'a whole number')
    },
    integers(name) {
      const value = fields[name]
      return Array.isArray(value) && value.length > 0 && value.every((item) => Number.isInteger(item))
        ? (value as number[]) // Checked on the line above.
        : fail(name, 'a list of whole numbers')
    },
  }
  return reader
}

/** A log writes null for what it does not have. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function parse(file: string, line: Line): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(line.text)
  } catch {
    throw new TraceError(file, line.number, 'a JSON object', line.text)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TraceError(file, line.number, 'a JSON object', value)
  }
  return value as Record<string, unknown> // Checked on the line above.
}
