import type { ErrorObject, ValidateFunction } from 'ajv'
import { answerText } from '../guardrails/answer-checks.ts'
import type { CheckFinding, GuardrailCheck } from '../guardrails/check.ts'

export interface JsonSchemaOptions {
  /** JSON Schema, draft 2020-12. */
  schema: object
}

/**
 * Check `answer.json_schema`: an answer that calls no tool and does not refuse is JSON of this schema. The first violation is
 * named with its place, `choices[0].message.content#/items/0/price`, and its keyword, `schema_type`; keys that the schema does not
 * name are the answer's own words and stand as `*`. Needs the package `ajv`, which is loaded by the first answer.
 */
export function jsonSchemaCheck({ schema }: JsonSchemaOptions): GuardrailCheck {
  const names = propertyNames(schema)
  let validator: Promise<ValidateFunction> | undefined

  async function load(): Promise<ValidateFunction> {
    const { Ajv2020 } = await import('ajv/dist/2020.js')
    return new Ajv2020({ strict: false, logger: false }).compile(schema)
  }

  function violation(validate: ValidateFunction, text: string, path: string): CheckFinding | undefined {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return { type: 'not_json', path }
    }
    if (validate(value)) return undefined
    const [error] = validate.errors ?? []
    return {
      type: `schema_${error?.keyword ?? 'false'}`,
      path: `${path}#${error ? placeOf(error, names) : ''}`,
    }
  }

  return {
    id: 'answer.json_schema',
    family: 'answer',
    directions: ['output'],
    version: `1:${JSON.stringify(schema)}`,
    async check({ response }) {
      validator ??= load()
      const validate = await validator
      return (response?.choices ?? []).flatMap((choice) => {
        const text = answerText(choice)
        if (text === undefined) return []
        return violation(validate, text, `choices[${choice.index}].message.content`) ?? []
      })
    },
  }
}

/** A JSON pointer to what is wrong, or missing. */
function placeOf({ instancePath, params }: ErrorObject, names: ReadonlySet<string>): string {
  const { missingProperty } = params as { missingProperty?: string }
  const missing = missingProperty === undefined ? '' : `/${missingProperty}`
  return instancePath.replace(/[^/]+/g, (key) => (/^\d+$/.test(key) || names.has(key) ? key : '*')) + missing
}

/** Every property that a schema names, anywhere in it, as JSON pointers write it. */
function propertyNames(schema: unknown, names = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return names
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' && typeof value === 'object' && value !== null) {
      for (const name of Object.keys(value)) names.add(name.replaceAll('~', '~0').replaceAll('/', '~1'))
    }
    propertyNames(value, names)
  }
  return names
}
