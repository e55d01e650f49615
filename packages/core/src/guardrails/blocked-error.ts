import { GuardrailBlockedError } from '../contract/errors.ts'
import type { BlockedBy } from './policy.ts'

/** At most so many places are named in a message. */
const NAMED_PLACES = 5

/** The error of a blocked request or answer: names the rule, counts, places and sizes, never the text. */
export function toBlockedError(blocked: BlockedBy): GuardrailBlockedError {
  const { ruleId, direction, count, types, places, limit, size, failure } = blocked
  const subject = direction === 'input' ? 'The request' : 'The answer'
  const start = `${subject} was blocked by guardrail rule ${ruleId}`
  if (failure !== undefined) {
    const reason = failure === 'error' ? 'the rule threw an error' : 'the rule passed its time limit'
    return new GuardrailBlockedError(
      `${start}: ${reason}${places.length > 0 ? ` at ${places.join(', ')}` : ''}.`,
      {
        ruleId,
        direction,
        types,
      },
    )
  }
  const message = `${start}: ${describe(blocked)}.`
  return new GuardrailBlockedError(message, { ruleId, direction, count, types, limit, size })
}

function describe({ count, types, places, score, limit, size, unit }: BlockedBy): string {
  if (limit === undefined || size === undefined) {
    return `${describeFindings({ count, types, places })}${score === undefined ? '' : `, score ${score.toFixed(2)}`}`
  }
  return size > limit
    ? `its texts have ${size} ${unit ?? 'characters'} together, the limit is ${limit}`
    : `its text has ${size} characters, at least ${limit} are asked for`
}

function describeFindings({ count, types, places }: Pick<BlockedBy, 'count' | 'types' | 'places'>): string {
  const named = places.slice(0, NAMED_PLACES).join(', ')
  const more = places.length > NAMED_PLACES ? ` and ${places.length - NAMED_PLACES} more places` : ''
  return `${count} ${count === 1 ? 'finding' : 'findings'} (${types.join(', ')}) in ${named}${more}`
}
