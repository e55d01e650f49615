import { commandOf } from '../command-of.ts'

/** What stands where a benchmark was not run. */
export function notMeasured(name: string): string {
  return `Not measured. \`${commandOf(name)}\` measures it.`
}
