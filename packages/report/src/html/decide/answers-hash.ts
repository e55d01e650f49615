import { families, type Answers, type Constraints, type Opinion, type Weights } from '@plumbline/decide'

/** The page that the fragment is of; what follows the question mark are the answers. */
export const decidePage = 'decide'

const limits = ['maxBundleGzipKb', 'maxPackages', 'maxInstallMb'] as const
const lists = ['requiredClauses', 'licences', 'providers'] as const

/**
 * Answers as the fragment of an address, to be sent to somebody: `decide?effort=2&…&maxPackages=50&requiredClauses=CAC-05`. An opinion is its
 * strength, the option and the words, in that order: `opinion=2.langchain.we know it`.
 */
export function answersToHash({ weights, constraints = {}, opinions = [] }: Answers): string {
  const fields = new URLSearchParams()
  for (const family of weights ? families : []) fields.append(family, String(weights?.[family]))
  for (const name of limits)
    if (constraints[name] !== undefined) fields.append(name, String(constraints[name]))
  for (const name of lists) for (const value of constraints[name] ?? []) fields.append(name, value)
  for (const { about, favours, strength } of opinions) {
    fields.append('opinion', `${strength}.${favours}.${about}`)
  }
  return fields.size === 0 ? decidePage : `${decidePage}?${fields}`
}

/**
 * The answers in a fragment, and what in it is none: a weight that is no number from 0 up, an opinion on something else than `options`. A link
 * that was cut or edited still gives what is right in it.
 */
export function answersFromHash(
  hash: string,
  options: readonly string[],
): { answers: Answers; refused: string[] } {
  const fields = new URLSearchParams(hash.slice(hash.indexOf('?') + 1 || hash.length))
  const refused: string[] = []
  const amount = (name: string): number | undefined => {
    const text = fields.get(name)
    if (text === null) return undefined
    const value = Number(text)
    if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
    refused.push(`${name}=${text}`)
    return undefined
  }
  const constraints: Constraints = {}
  for (const name of limits) {
    const limit = amount(name)
    if (limit !== undefined) constraints[name] = limit
  }
  for (const name of lists) {
    const values = fields.getAll(name).filter((value) => value !== '')
    if (values.length > 0) constraints[name] = values
  }
  const opinions = fields.getAll('opinion').flatMap((text): Opinion[] => {
    const [, strength, rest = ''] = /^([123])\.(.+)$/s.exec(text) ?? []
    const favours = options.find((option) => rest.startsWith(`${option}.`))
    const about = rest.slice((favours?.length ?? 0) + 1)
    if (favours !== undefined && about !== '') {
      // One of the three by the expression.
      return [{ about, favours, strength: Number(strength) as Opinion['strength'] }]
    }
    refused.push(`opinion=${text}`)
    return []
  })
  const weights = weightsFrom(amount)
  if (weights === 'none counts') refused.push('all weights are 0')
  const answers: Answers = {
    ...(typeof weights === 'object' && { weights }),
    ...(Object.keys(constraints).length > 0 && { constraints }),
    ...(opinions.length > 0 && { opinions }),
  }
  return { answers, refused }
}

/** A family that the fragment does not name weighs 1; none named: nothing was said. */
function weightsFrom(amount: (name: string) => number | undefined): Weights | 'none counts' | undefined {
  const named = families.map((family) => [family, amount(family)] as const)
  if (named.every(([, weight]) => weight === undefined)) return undefined
  // The keys are all families, which `fromEntries` cannot know.
  const weights = Object.fromEntries(named.map(([family, weight]) => [family, weight ?? 1])) as Record<
    (typeof families)[number],
    number
  >
  return families.every((family) => weights[family] === 0) ? 'none counts' : weights
}
