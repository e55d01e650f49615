/**
 * The least that a gateway can do: hands each request on and the answer back, over kept-alive connections, and looks at neither.
 * `node bare-proxy.ts UPSTREAM`; prints its port.
 */
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

const upstream = new URL(process.argv[2] ?? '')
const agent = new Agent({ keepAlive: true })

const server = createServer((incoming, outgoing) => {
  const { method, url, headers } = incoming
  const onward = request(
    { agent, hostname: upstream.hostname, port: upstream.port, method, path: url, headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      pipeline(answer, outgoing, () => {})
    },
  )
  onward.on('error', () => outgoing.destroy())
  pipeline(incoming, onward, () => {})
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`) // It listens on TCP.
})
