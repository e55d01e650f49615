import assert from 'node:assert/strict'

/**
 * The assertions of `node:assert/strict`, counted, and a few of this domain. They are counted because a scenario that
 * returns without having asserted anything would otherwise pass.
 */
export interface Checks {
  /** Assertions made so far. */
  readonly count: number
  ok(value: unknown, message?: string): void
  equal(actual: unknown, expected: unknown, message?: string): void
  notEqual(actual: unknown, expected: unknown, message?: string): void
  deepEqual(actual: unknown, expected: unknown, message?: string): void
  match(text: string, pattern: RegExp, message?: string): void
  /** `text` holds no `needle`; the message names the needle's place in the test, never prints a whole text. */
  lacks(text: string, needle: string, message?: string): void
  /** `actual` lies in [low, high]. */
  between(actual: number | undefined, low: number, high: number, message?: string): void
  /** Rejects with an error whose `code` is this one, where the entrant has `typed-errors`; resolves with the error. */
  rejectsWithCode(promise: PromiseLike<unknown>, code: string, message?: string): Promise<CodedError>
}

/** An error as the contract has them: recognised by its code, whichever copy of the class made it. */
export interface CodedError extends Error {
  code: string
  attempts?: number | undefined
  status?: number | undefined
  retryable?: boolean
}

/**
 * A fresh counter with its assertions. Without `typedErrors` a rejection need not have the code of the contract: an entrant that does
 * not offer that taxonomy is asked whether it fails, not in whose words.
 */
export function createChecks({ typedErrors = true }: { typedErrors?: boolean } = {}): Checks {
  let count = 0
  const counted =
    <A extends unknown[]>(assertion: (...args: A) => void) =>
    (...args: A): void => {
      count++
      assertion(...args)
    }

  return {
    get count() {
      return count
    },
    ok: counted((value, message) => assert.ok(value, message)),
    equal: counted((actual, expected, message) =>
      assert.equal(actual, expected, withValues(message, actual, expected)),
    ),
    notEqual: counted((actual, expected, message) => assert.notEqual(actual, expected, message)),
    deepEqual: counted((actual, expected, message) => assert.deepEqual(actual, expected, message)),
    match: counted((text, pattern, message) => assert.match(text, pattern, message)),
    lacks: counted((text, needle, message) =>
      assert.ok(!text.includes(needle), `${message ?? 'the text'} must not hold ${JSON.stringify(needle)}`),
    ),
    between: counted((actual, low, high, message) =>
      assert.ok(
        typeof actual === 'number' && actual >= low && actual <= high,
        `${message ?? 'the number'} must lie in [${low}, ${high}], not be ${actual}`,
      ),
    ),
    async rejectsWithCode(promise, code, message) {
      count++
      const what = message ?? 'the call'
      let error: unknown
      try {
        await promise
      } catch (caught) {
        error = caught
      }
      assert.ok(error instanceof Error, `${what} must reject with ${code}, but it resolved`)
      if (!typedErrors) return error as CodedError // Its code is asked of nobody.
      const found = 'code' in error ? error.code : undefined
      assert.equal(
        found,
        code,
        `${what} must reject with ${code}, not ${String(found)} (${error.name}: ${error.message})`,
      )
      return error as CodedError // Its code was just compared.
    },
  }
}

/** A message of one's own replaces assert's, and with it the two values: keep them. */
function withValues(message: string | undefined, actual: unknown, expected: unknown): string | undefined {
  return message === undefined ? undefined : `${message}: expected ${print(expected)}, got ${print(actual)}`
}

function print(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
