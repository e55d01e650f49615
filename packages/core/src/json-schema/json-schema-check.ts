import type { ErrorObject, ValidateFunction } from 'ajv'

import { canonicalText } from '../cache/canonical-text.ts'
import { answerText } from '../guardrails/answer-checks.ts'
import type { CheckFinding, GuardrailCheck } from '../guardrails/check.ts'
import { loadLinearPatterns } from './linear-pattern.ts'

export interface JsonSchemaOptions {
  /** JSON Schema, draft 2020-12. */
  schema: object
}

/**
 * Check `answer.json_schema`: an answer that calls no tool and does not refuse is JSON of this schema. The first violation is
 * named with its place, `choices[0].message.content#/items/0/price`, and its keyword, `schema_type`; keys that the schema does not
 * name are the answer's own words and stand as `*`.
 *
 * Needs the package `ajv`, and for a schema with `pattern` or `patternProperties` `re2js`: patterns run in linear time, as does
 * `uniqueItems`, so that neither a schema that somebody else wrote nor an answer made for it can hold a process up. Rejects with a
 * `SyntaxError` for a pattern that RE2 does not take, and with a `TypeError` for a schema that is none.
 */
export async function jsonSchemaCheck({ schema }: JsonSchemaOptions): Promise<GuardrailCheck> {
  const names = propertyNames(schema)
  const validate = await compile(schema)

  function violation(text: string, path: string): CheckFinding | undefined {
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
    check({ response }) {
      return (response?.choices ?? []).flatMap((choice) => {
        const text = answerText(choice)
        if (text === undefined) return []
        return violation(text, `choices[${choice.index}].message.content`) ?? []
      })
    },
  }
}

async function compile(schema: object): Promise<ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const regExp = hasPatterns(schema) ? await loadLinearPatterns() : undefined
  const ajv = new Ajv2020({ strict: false, logger: false, ...(regExp && { code: { regExp } }) })
  // Its own compares every pair of items that are not all scalars of one type.
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (isAsked: boolean, items: unknown[]) =>
      !isAsked || new Set(items.map((item) => canonicalText(item))).size === items.length,
  })
  try {
    return ajv.compile(schema)
  } catch (cause) {
    if (cause instanceof SyntaxError) throw cause
    throw new TypeError('jsonSchemaCheck: the schema is none of JSON Schema 2020-12', { cause })
  }
}

/** Whether a schema has a pattern, anywhere in it. */
function hasPatterns(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  return 'pattern' in schema || 'patternProperties' in schema || Object.values(schema).some(hasPatterns)
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
