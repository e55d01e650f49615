import type { Options } from 'ajv'

/** How `ajv` compiles the patterns of a schema. */
type PatternEngine = NonNullable<NonNullable<Options['code']>['regExp']>

/**
 * Compiles the patterns of a schema on an engine whose time is linear whatever the pattern. They are ECMAScript's, as RE2 reads them:
 * `\s` is ASCII's white space, and a dot matches line separators. Loads the package `re2js`. The engine throws a `SyntaxError` with
 * the pattern where RE2 does not take it: look-around, back-references, over 1,000 repetitions.
 */
export async function loadLinearPatterns(): Promise<PatternEngine> {
  const { RE2JS } = await import('re2js')
  function compile(pattern: string): ReturnType<typeof RE2JS.compile> {
    try {
      return RE2JS.compile(RE2JS.translateRegExp(pattern))
    } catch (cause) {
      throw new SyntaxError(`jsonSchemaCheck: RE2 does not take the pattern ${pattern}`, { cause })
    }
  }
  function engine(pattern: string): ReturnType<PatternEngine> {
    const compiled = compile(pattern)
    const linear = {
      test: (text: string) => compiled.matcher(text).find(),
      // `ajv` tells patterns apart by it.
      toString: () => pattern,
    }
    return linear
  }
  // What code that `ajv` writes to a file would call; here it writes none.
  return Object.assign(engine, { code: 'linearPattern' })
}
