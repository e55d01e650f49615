import type { Answer, Step } from './answer.ts'

/** A script file is wrong: what, and where in it. */
export class ScriptFileError extends Error {
  override name = 'ScriptFileError'
}

/**
 * The answers of a script file: JSON, a list of answers by request, of which the last one repeats; see `Answer`. Throws
 * `ScriptFileError` for anything else, naming the place.
 */
export function parseScriptFile(text: string): Answer[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ScriptFileError(`It is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const list = asList(value, 'The file')
  if (list.length === 0) throw new ScriptFileError('The list of answers is empty: it needs one at least.')
  return list.map((answer, index) => parseAnswer(answer, `[${index}]`))
}

const answerFields = ['status', 'headers', 'before', 'steps', 'bytesPerWrite']

function parseAnswer(value: unknown, path: string): Answer {
  const answer = asObject(value, path)
  refuseUnknown(answer, answerFields, path)
  const { status, headers, before, steps, bytesPerWrite } = answer
  if (status !== undefined && !isWhole(status, 100, 599)) {
    throw wrong(`${path}.status`, 'a number from 100 to 599', status)
  }
  if (bytesPerWrite !== undefined && !isWhole(bytesPerWrite, 1)) {
    throw wrong(`${path}.bytesPerWrite`, 'a whole number from 1', bytesPerWrite)
  }
  return {
    ...(status !== undefined && { status: Number(status) }),
    ...(headers !== undefined && { headers: parseHeaders(headers, `${path}.headers`) }),
    ...(before !== undefined && { before: parseSteps(before, `${path}.before`) }),
    ...(bytesPerWrite !== undefined && { bytesPerWrite: Number(bytesPerWrite) }),
    steps: parseSteps(steps, `${path}.steps`),
  }
}

function parseHeaders(value: unknown, path: string): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, text] of Object.entries(asObject(value, path))) {
    if (typeof text !== 'string') throw wrong(`${path}.${name}`, 'a text', text)
    if (/[\r\n]/.test(name + text)) throw new ScriptFileError(`${path}.${name} must not hold a line end.`)
    headers[name.toLowerCase()] = text
  }
  return headers
}

/** What each kind of step holds, and what is said of one that does not. */
const stepKinds: Record<string, [wanted: string, holds: (value: unknown) => boolean]> = {
  text: ['a text', (value) => typeof value === 'string'],
  base64: ['bytes in base64', (value) => typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value)],
  event: ['any JSON', () => true],
  comment: ['a text of one line', (value) => typeof value === 'string' && !/[\r\n]/.test(value)],
  waitMs: ['a number of ms from 0', (value) => typeof value === 'number' && value >= 0],
  stall: ['true', (value) => value === true],
  reset: ['true', (value) => value === true],
}

function parseSteps(value: unknown, path: string): Step[] {
  return asList(value, path).map((step, index) => parseStep(step, `${path}[${index}]`))
}

function parseStep(value: unknown, path: string): Step {
  const fields = Object.entries(asObject(value, path))
  const [field] = fields
  const kinds = Object.keys(stepKinds).join(', ')
  if (field === undefined || fields.length > 1) {
    throw new ScriptFileError(`${path} must have exactly one of ${kinds}; it has ${fields.length} fields.`)
  }
  const [kind, content] = field
  if (kind === 'gate') {
    throw new ScriptFileError(`${path}: a gate waits for a test to open it. Use waitMs, or stall.`)
  }
  const known = Object.hasOwn(stepKinds, kind) ? stepKinds[kind] : undefined
  if (known === undefined) throw new ScriptFileError(`${path}: there is no step "${kind}". Known: ${kinds}.`)
  const [wanted, holds] = known
  if (!holds(content)) throw wrong(`${path}.${kind}`, wanted, content)
  return value as Step // Its one field was just checked.
}

function asList(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(path, 'a list', value)
  return value
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(path, 'an object', value)
  return value as Record<string, unknown> // Checked on the line above.
}

function refuseUnknown(value: Record<string, unknown>, known: readonly string[], path: string): void {
  const unknown = Object.keys(value).find((field) => !known.includes(field))
  if (unknown === undefined) return
  throw new ScriptFileError(`${path} has an unknown field "${unknown}". Known: ${known.join(', ')}.`)
}

function isWhole(value: unknown, low: number, high = Infinity): boolean {
  return Number.isInteger(value) && Number(value) >= low && Number(value) <= high
}

function wrong(path: string, wanted: string, found: unknown): ScriptFileError {
  const shown = found === undefined ? 'missing' : JSON.stringify(found).slice(0, 60)
  return new ScriptFileError(`${path} must be ${wanted}; it is ${shown}.`)
}
