/**
 * The fault server by hand: `npm run fault-server -- SCRIPT [--port N]`. Exits with 2 for what it was asked wrongly, with 1 for a
 * port that it does not get, and with 0 when it is ended.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import type { Answer } from './answer.ts'
import { startFaultServer, type ClosedConnection, type Exchange } from './fault-server.ts'
import { parseScriptFile } from './script-file.ts'

const help = `A provider that misbehaves on command, on a loopback port.

  npm run fault-server -- SCRIPT [--port N]

SCRIPT     a JSON file, read from the root of the repository: a list of answers, one for each request in the order they
           arrive; the last one answers all later requests.
--port N   default: any free port.
--help     prints this.

An answer:
  status         default 200
  headers        added to content-type: application/json and transfer-encoding: chunked
  before         steps before the status line
  steps          the body, step by step; after the last one the answer ends cleanly
  bytesPerWrite  cuts every write into pieces of so many bytes, each a packet of its own

A step has exactly one of these fields:
  {"text": "…"}       text as it is
  {"base64": "…"}     bytes that need not be UTF-8
  {"event": {…}}      a server-sent event with this JSON as its data
  {"comment": "…"}    a server-sent comment: keeps a connection alive and says nothing
  {"waitMs": 500}     waits
  {"stall": true}     never goes on; the connection stays open until the client closes it
  {"reset": true}     breaks the connection (RST)

Examples are in packages/conformance/fault-scripts:
  npm run fault-server -- packages/conformance/fault-scripts/truncated-stream.json --port 8080
  curl -N http://127.0.0.1:8080/v1/chat/completions -d '{"model":"gpt-4o","messages":[],"stream":true}'

It prints its base URL, one line for each request, and one for each connection that is closed. Ctrl+C ends it.
`

/** Something that the person at the keyboard can mend. */
class AskedWronglyError extends Error {}

interface Asked {
  answers: Answer[]
  port: number
}

function readArguments(): Asked | 'help' {
  let parsed
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { port: { type: 'string', default: '0' }, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    throw new AskedWronglyError(error instanceof Error ? error.message : String(error))
  }
  const { values, positionals } = parsed
  if (values.help) return 'help'
  const [path] = positionals
  if (path === undefined || positionals.length > 1) {
    throw new AskedWronglyError(`It takes one script; ${positionals.length} were given. See --help.`)
  }
  const port = Number(values.port)
  if (values.port.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new AskedWronglyError(`--port must be a number from 0 to 65535, not "${values.port}".`)
  }
  try {
    return { answers: parseScriptFile(readFileSync(path, 'utf8')), port }
  } catch (error) {
    throw new AskedWronglyError(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function describeRequest(exchange: Exchange, connection: number, answers: readonly Answer[]): string {
  const { index, method, path, bodyBytes } = exchange
  const answer = Math.min(index, answers.length - 1) + 1
  return (
    `request ${index + 1} on connection ${connection}: ${method} ${path}, body of ${bodyBytes} bytes; ` +
    `it gets answer ${answer} of ${answers.length}`
  )
}

function describeClosed({ number, closed, receivedBytes, sentBytes, exchanges }: ClosedConnection): string {
  const last = exchanges.at(-1)
  const counted = `${exchanges.length} request(s), ${receivedBytes} bytes received, ${sentBytes} bytes sent`
  return `connection ${number} closed ${closed}${last === undefined ? '' : whenOf(last)}: ${counted}`
}

/** How far the last answer of a connection had come. */
function whenOf({ index, ended, status, sentBytes }: Exchange): string {
  if (ended?.by === 'answer') return ` after the answer to request ${index + 1}`
  if (status === undefined) return ` before the answer to request ${index + 1}`
  return ` ${sentBytes} bytes into the body of the answer to request ${index + 1}`
}

async function run({ answers, port }: Asked): Promise<void> {
  const server = await startFaultServer(answers, {
    port,
    onRequest: (exchange, connection) => print(describeRequest(exchange, connection, answers)),
    onClose: (connection) => print(describeClosed(connection)),
  })
  print(server.baseUrl)
  const stop = (): void => void server.close()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

try {
  const asked = readArguments()
  if (asked === 'help') process.stdout.write(help)
  else await run(asked)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof AskedWronglyError ? 2 : 1
}
