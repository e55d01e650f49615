import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

import { families } from './criteria.ts'
import type { Answers } from './decide.ts'

const amount = { type: 'number', minimum: 0 }
const text = { type: 'string', minLength: 1 }
const texts = { type: 'array', items: text }

function fields(properties: Record<string, object>, required: readonly string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false }
}

/** JSON Schema (draft 2020-12) of an answers file. */
export const answersSchema: object = fields({
  $schema: text,
  weights: fields(Object.fromEntries(families.map((family) => [family, amount])), families),
  constraints: fields({
    maxBundleGzipKb: amount,
    maxPackages: amount,
    maxInstallMb: amount,
    requiredClauses: { type: 'array', items: { type: 'string', pattern: '^[A-Z]{3}-[0-9]{2}$' } },
    licences: texts,
    providers: texts,
  }),
  opinions: {
    type: 'array',
    items: fields({ about: text, favours: text, strength: { enum: [1, 2, 3] } }, [
      'about',
      'favours',
      'strength',
    ]),
  },
})

let validate: ValidateFunction<Answers> | undefined

/** The answers in a JSON text. Throws `TypeError` that names the path and what was expected there. */
export function parseAnswers(json: string, source = 'answers.json'): Answers {
  const value = parseJson(json, source)
  validate ??= new Ajv2020({ verbose: true }).compile<Answers>(answersSchema)
  if (validate(value)) return value
  const [error] = validate.errors ?? []
  const path = error?.instancePath || 'the top level'
  const named: unknown = error?.params['additionalProperty'] ?? error?.params['allowedValues']
  throw new TypeError(
    `${source}: ${path} ${error?.message ?? 'does not fit'}${named === undefined ? '' : ` (${String(named)})`}.`,
  )
}

function parseJson(json: string, source: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new TypeError(`${source} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}
