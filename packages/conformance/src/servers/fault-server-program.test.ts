import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { afterEach, expect, test } from 'vitest'

import { parseScriptFile } from './script-file.ts'

const program = fileURLToPath(new URL('fault-server-program.ts', import.meta.url))
const scripts = fileURLToPath(new URL('../../fault-scripts/', import.meta.url))
const call = { method: 'POST', body: '{"model":"gpt-4o","messages":[],"stream":true}' }

const started: ChildProcessWithoutNullStreams[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

interface Running {
  url: string
  /** The next line that it prints. */
  line(): Promise<string>
  /** Ends it as Ctrl+C does; resolves with its exit code. */
  end(): Promise<number | null>
}

async function start(script: string, ...flags: string[]): Promise<Running> {
  const child = spawn(process.execPath, [program, script, ...flags])
  started.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async (): Promise<string> => (await lines.next()).value ?? ''
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    url: `${await line()}/chat/completions`,
    line,
    end() {
      child.kill('SIGINT')
      return closed
    },
  }
}

/** Runs it to its end, which is an error or the help. */
async function run(...flags: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [program, ...flags])) }
  } catch (error) {
    // What `execFile` rejects with for an exit code.
    return error as { code: number; stdout: string; stderr: string }
  }
}

test('every example script is one', () => {
  const files = readdirSync(scripts)
  expect(files).toHaveLength(3)
  for (const file of files) expect(parseScriptFile(readFileSync(join(scripts, file), 'utf8'))).not.toEqual([])
})

test('a truncated stream arrives as written, and each request has its line', async () => {
  const { url, line, end } = await start(join(scripts, 'truncated-stream.json'))
  const text = await (await fetch(url, call)).text()
  expect(text).toContain('half of')
  expect(text).not.toContain('"finish_reason":"stop"')
  expect(await line()).toBe(
    `request 1 on connection 1: POST /v1/chat/completions, body of ${call.body.length} bytes; it gets answer 1 of 1`,
  )
  expect(await end()).toBe(0)
  expect(await line()).toMatch(
    /^connection 1 closed by the (server|client).* after the answer to request 1: 1 request\(s\), \d+ bytes received/,
  )
})

test('a client that leaves a stalled stream is told from one that was answered', async () => {
  const { url, line, end } = await start(join(scripts, 'stalled-stream.json'))
  const controller = new AbortController()
  const response = await fetch(url, { ...call, signal: controller.signal })
  const reader = response.body?.getReader()
  await reader?.read()
  expect(await line()).toMatch(/^request 1 on connection 1/)
  controller.abort()
  expect(await line()).toMatch(
    /^connection 1 closed by the client.* \d+ bytes into the body of the answer to request 1: 1 request/,
  )
  await reader?.read().catch(() => {})
  expect(await end()).toBe(0)
})

test('answers go by request, and the last one repeats', async () => {
  const { url, line, end } = await start(join(scripts, 'rate-limited-then-ok.json'))
  const responses = [await fetch(url, call), await fetch(url, call), await fetch(url, call)]
  expect(responses.map(({ status }) => status)).toEqual([429, 200, 200])
  expect(responses[0]?.headers.get('retry-after-ms')).toBe('250')
  expect(await responses[2]?.json()).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
  const lines = [await line(), await line(), await line()]
  expect(lines.map((text) => text.match(/answer \d of 2/)?.[0])).toEqual([
    'answer 1 of 2',
    'answer 2 of 2',
    'answer 2 of 2',
  ])
  expect(await end()).toBe(0)
})

test('--help says what a script is', async () => {
  const { code, stdout } = await run('--help')
  expect(code).toBe(0)
  for (const word of ['SCRIPT', '--port', 'bytesPerWrite', 'waitMs', 'stall', 'fault-scripts'])
    expect(stdout).toContain(word)
})

test.each([
  [[], 'It takes one script; 0 were given'],
  [['a.json', 'b.json'], '2 were given'],
  [['nowhere.json'], 'nowhere.json: ENOENT'],
  [[join(scripts, 'truncated-stream.json'), '--port', '70000'], '--port must be a number from 0 to 65535'],
  [[join(scripts, 'truncated-stream.json'), '--pot', '1'], "Unknown option '--pot'"],
])('%j is asked wrongly', async (flags, message) => {
  const { code, stderr } = await run(...flags)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

test('a script with a mistake ends it with 2 and the place of the mistake', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fault-server-'))
  try {
    const file = join(folder, 'script.json')
    writeFileSync(file, '[{"steps":[{"txt":"x"}]}]')
    const { code, stderr } = await run(file)
    expect(code).toBe(2)
    expect(stderr).toContain(`${file}: [0].steps[0]: there is no step "txt". Known: text, base64,`)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a port that is taken ends it with 1', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  // Listening on TCP, so the address is not a path.
  const { port } = other.address() as AddressInfo
  const { code, stderr } = await run(join(scripts, 'truncated-stream.json'), '--port', String(port))
  expect(code).toBe(1)
  expect(stderr).toContain('EADDRINUSE')
  await new Promise((resolve) => other.close(resolve))
})

test.each([
  ['{', 'It is not JSON'],
  ['{}', 'The file must be a list; it is {}'],
  ['[]', 'The list of answers is empty'],
  ['[1]', '[0] must be an object; it is 1'],
  ['[{}]', '[0].steps must be a list; it is missing'],
  ['[{"steps":[],"code":1}]', '[0] has an unknown field "code"'],
  ['[{"steps":[],"status":"200"}]', '[0].status must be a number from 100 to 599; it is "200"'],
  ['[{"steps":[],"status":99}]', '[0].status must be'],
  ['[{"steps":[],"bytesPerWrite":0}]', '[0].bytesPerWrite must be a whole number from 1'],
  ['[{"steps":[],"headers":{"x":1}}]', '[0].headers.x must be a text'],
  ['[{"steps":[],"headers":{"x":"a\\r\\nb: c"}}]', '[0].headers.x must not hold a line end'],
  ['[{"steps":[{}]}]', '[0].steps[0] must have exactly one of'],
  ['[{"steps":[{"text":"a","waitMs":1}]}]', 'it has 2 fields'],
  ['[{"steps":[{"gate":"a"}]}]', 'a gate waits for a test to open it'],
  ['[{"steps":[{"base64":"ä"}]}]', '[0].steps[0].base64 must be bytes in base64'],
  ['[{"before":[{"waitMs":-1}],"steps":[]}]', '[0].before[0].waitMs must be a number of ms from 0'],
  ['[{"steps":[{"stall":1}]}]', '[0].steps[0].stall must be true'],
  ['[{"steps":[{"constructor":1}]}]', 'there is no step "constructor"'],
])('%s is refused', (text, message) => {
  expect(() => parseScriptFile(text)).toThrow(message)
})
