import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'

import { UpstreamError } from '../contract/errors.ts'

/**
 * The body of an answer, unpacked where the server has packed it: some proxies do so whatever was asked for. Throws an
 * `UpstreamError` for an encoding that Node cannot read.
 */
export function decodeBody(incoming: IncomingMessage): Readable {
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase()
  if (encoding === undefined || encoding === '' || encoding === 'identity') return incoming
  // Loaded here, since it is hardly ever needed.
  const { createBrotliDecompress, createGunzip, createInflate } = process.getBuiltinModule('node:zlib')
  const decoders = new Map([
    ['br', createBrotliDecompress],
    ['deflate', createInflate],
    ['gzip', createGunzip],
    ['x-gzip', createGunzip],
  ])
  const createDecoder = decoders.get(encoding)
  if (createDecoder === undefined) {
    throw new UpstreamError(`The provider answered in the encoding ${encoding}, which was not asked for.`, {
      retryable: false,
    })
  }
  // Each end of a pipeline learns of the other's failure, which `pipe` does not do; whoever reads gets the error.
  return pipeline(incoming, createDecoder(), () => {})
}
