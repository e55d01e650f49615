import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root of the repository, with a slash at its end. */
export const root: string = fileURLToPath(new URL('../../../../', import.meta.url))

/** A file of `deploy/`. */
export function deployFile(name: string): string {
  return readFileSync(`${root}deploy/${name}`, 'utf8')
}
