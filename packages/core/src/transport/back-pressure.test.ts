import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, test } from 'vitest'

import { createHttpFetch } from './create-http-fetch.ts'

test.each([
  ['a slow reader', 65_536],
  ['nobody', 65_536],
  // As the events of a stream: the kernel buffers more of them.
  ['a slow reader', 250],
  ['nobody', 250],
])(
  '%s holds the server back: of 100 MB in pieces of %i bytes at most 8 are sent',
  async (who, pieceBytes) => {
    let sentBytes = 0
    const piece = Buffer.alloc(pieceBytes, 'x')
    const server = createServer((_, response) => {
      const write = (): void => {
        while (sentBytes < 100_000_000) {
          sentBytes += piece.length
          if (!response.write(piece)) {
            response.once('drain', write)
            return
          }
        }
        response.end()
      }
      write()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo // It listens on TCP.
    const fetch = createHttpFetch()
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`)
      let readBytes = 0
      const reader = who === 'nobody' ? undefined : response.body?.getReader()
      for (let read = 0; read < 10; read++) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        readBytes += (await reader?.read())?.value?.length ?? 0
      }
      expect(sentBytes - readBytes).toBeLessThan(8_000_000)
      await (reader ?? response.body)?.cancel()
    } finally {
      fetch.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  },
)
