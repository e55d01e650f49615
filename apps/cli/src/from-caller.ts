import { resolve } from 'node:path'

/** `dir` as the caller means it: npm runs scripts in the root of the repository, the caller stands where `INIT_CWD` says. */
export function fromCaller(dir: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), dir)
}
