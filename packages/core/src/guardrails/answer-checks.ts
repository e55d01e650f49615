import type { ChatChoice, ChatResponse } from '../contract/wire.ts'
import type { CheckFinding, GuardrailCheck } from './check.ts'

function answerCheck(
  id: string,
  version: string,
  judge: (choice: ChatChoice) => Omit<CheckFinding, 'path'> | undefined,
): GuardrailCheck {
  return {
    id: `answer.${id}`,
    family: 'answer',
    directions: ['output'],
    version,
    check: ({ response }) => findInChoices(response, judge),
  }
}

function findInChoices(
  response: ChatResponse | undefined,
  judge: (choice: ChatChoice) => Omit<CheckFinding, 'path'> | undefined,
): CheckFinding[] {
  return (response?.choices ?? []).flatMap((choice) => {
    const finding = judge(choice)
    return finding ? [{ ...finding, path: `choices[${choice.index}].message.content` }] : []
  })
}

/** The text of a choice; undefined where none is to be expected, since it calls tools or refuses. */
export function answerText({ message }: ChatChoice): string | undefined {
  if (message.refusal || message.tool_calls?.length || message['function_call']) return undefined
  const { content } = message
  return typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('')
}

/** Check `answer.empty`: an answer says something, calls a tool, or refuses; white space says nothing. */
export function emptyAnswerCheck(): GuardrailCheck {
  return answerCheck('empty', '1', (choice) =>
    answerText(choice)?.trim() === '' ? { type: 'empty' } : undefined,
  )
}

/**
 * Check `answer.min_length`: an answer that calls no tool and does not refuse has at least `minChars` UTF-16 code units. For the
 * most that it may have see `lengthRule`, which ends a stream where it is passed. Throws a `RangeError` when `minChars` is no
 * positive integer.
 */
export function minLengthCheck({ minChars }: { minChars: number }): GuardrailCheck {
  if (!Number.isSafeInteger(minChars) || minChars < 1)
    throw new RangeError(`minLengthCheck: minChars must be a positive integer, got ${minChars}`)
  return answerCheck('min_length', `1:${minChars}`, (choice) => {
    const size = answerText(choice)?.length ?? minChars
    return size < minChars ? { type: 'too_short', limit: minChars, size } : undefined
  })
}

// What assistants begin a refusal with; only at the start, since an answer may well quote one.
const refusalStart =
  /^\s*(?:i['’]?m sorry|i am sorry|sorry|i apologi[sz]e)?[,.:;! ]{0,3}(?:but )?(?:i (?:can['’]?t|cannot|can not|won['’]?t|am (?:not able|unable) to|['’]m (?:not able|unable) to)|i['’]m (?:not able|unable) to|as an ai(?: language)? model,? i (?:can|won))\b/i

/**
 * Check `answer.refusal`: the answer is a refusal, by the wire (`refusal`, finish reason `content_filter`) or by how its text
 * begins, in English. Without it a refusal is an outcome of the call, not an error.
 */
export function refusalCheck(): GuardrailCheck {
  return answerCheck('refusal', '1', (choice) => {
    const refuses = choice.message.refusal || choice.finish_reason === 'content_filter'
    return refuses || refusalStart.test(answerText(choice)?.slice(0, 200) ?? '')
      ? { type: 'refusal' }
      : undefined
  })
}
