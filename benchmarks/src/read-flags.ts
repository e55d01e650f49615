import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'

/**
 * The flags of a maintainer's program. Ends the process with 0 and `help` for `--help`, and with 2, what is wrong and `help` for a flag
 * that is not known, or where `check` throws.
 */
export function readFlags<Options extends ParseArgsOptionsConfig, Checked>(
  help: string,
  options: Options,
  check: (values: ReturnType<typeof parseArgs<{ options: Options }>>['values']) => Checked,
): Checked {
  try {
    if (process.argv.slice(2).some((flag) => flag === '--help' || flag === '-h')) {
      process.stdout.write(help)
      process.exit(0)
    }
    return check(parseArgs({ options }).values)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    process.exit(2)
  }
}

/** A flag's number. Throws `RangeError` for one that is not over 0. */
export function positive(flag: string, value: string): number {
  const number = Number(value)
  if (number > 0) return number
  throw new RangeError(`${flag} must be a number over 0, not ${value}.`)
}
