import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'

import { reportSchema } from './report-schema.ts'
import type { Report } from './report.ts'

/** How `parseReport` names what it reads. */
export interface ParseReportOptions {
  /** What the message calls the text, usually its file. Default `report.json`. */
  source?: string
}

/** The one version that is read. */
const knownVersion = 2

let validate: ValidateFunction<Report> | undefined

/**
 * The report in a JSON text, checked against `reportSchema`. Throws `TypeError` that names the path, what was expected there
 * and what was found, when the text is no JSON, of another schema version, or no report.
 */
export function parseReport(text: string, { source = 'report.json' }: ParseReportOptions = {}): Report {
  const value = parseJson(text, source)
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined
  if (version !== undefined && version !== knownVersion) {
    throw new TypeError(
      `${source} has schema version ${shorten(version)}; this version of plumbline reads ${knownVersion}. ` +
        'Read it with the version that wrote it, or measure again.',
    )
  }
  // On first use: compiling the schema takes some ms, which a program that only writes reports does not need.
  validate ??= new Ajv2020({ verbose: true }).compile<Report>(reportSchema)
  if (validate(value)) return value
  const [error] = validate.errors ?? []
  throw new TypeError(`${source} is no report: ${error ? explain(error) : 'it does not fit the schema.'}`)
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TypeError(`${source} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

function explain({ instancePath, keyword, message, params, data }: ErrorObject): string {
  const path = instancePath === '' ? 'the top level' : instancePath
  if (keyword === 'required') return `${path} has no ${String(params.missingProperty)}.`
  const allowed =
    keyword === 'enum' && Array.isArray(params.allowedValues) ? ` (${params.allowedValues.join(', ')})` : ''
  return `${path} ${message ?? 'does not fit the schema'}${allowed}, found ${shorten(data)}.`
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`
}
