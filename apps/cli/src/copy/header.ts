import { createHash } from 'node:crypto'

/** What the first line of a copied file says. */
export interface Header {
  version: string
  /** Path in Plumbline's repository: `packages/core/src/cache/key.ts`. */
  origin: string
  /** SHA-256 of the rest of the file as it was written, in hex. */
  hash: string
}

const headerLine = /^\/\/ plumbline (\S+) (\S+) sha256:([0-9a-f]{64}) SPDX-License-Identifier: MIT$/

/** A body under its header line. */
export function withHeader(body: string, { version, origin }: Omit<Header, 'hash'>): string {
  return `// plumbline ${version} ${origin} sha256:${hashOf(body)} SPDX-License-Identifier: MIT\n${body}`
}

/** The header of a copied file and the text under it; undefined when the first line is not one of ours. */
export function splitHeader(text: string): { header: Header; body: string } | undefined {
  // Git may have given the file the line ends of its platform; that is not an edit.
  const unix = text.replaceAll('\r\n', '\n')
  const lineEnd = unix.indexOf('\n')
  const [, version, origin, hash] = headerLine.exec(unix.slice(0, lineEnd)) ?? []
  if (version === undefined || origin === undefined || hash === undefined) return undefined
  return { header: { version, origin, hash }, body: unix.slice(lineEnd + 1) }
}

/** SHA-256 of a text, in hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
