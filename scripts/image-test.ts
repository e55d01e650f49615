/**
 * `npm run image-test`: the Dockerfile without an engine. Does the COPY and RUN steps of its build stage in an empty folder, gives that
 * to root without a bit to write it, and runs its CMD there as nobody with an environment that holds only what the image sets: health
 * check, a chat through both builds, SIGTERM. What only an engine can do is not tried: base images, layers, users of the image.
 */
import { DockerfileParser } from 'dockerfile-ast'
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { chatAnswer, startFaultServer } from '@plumbline/conformance'

const root = resolve(import.meta.dirname, '..')
if (process.getuid?.() !== 0) {
  process.stderr.write('Run it as root: it runs the service as another user, in a folder that root owns.\n')
  process.exit(2)
}
const nobody = { uid: 65_534, gid: 65_534 }
const folder = mkdtempSync(join(tmpdir(), 'plumbline-image-'))
chmodSync(folder, 0o755)
const [app, data] = [join(folder, 'app'), join(folder, 'data')]
mkdirSync(app)
mkdirSync(data)
execFileSync('chown', [`${nobody.uid}:${nobody.gid}`, data])

const instructions = DockerfileParser.parse(
  readFileSync(join(root, 'deploy/Dockerfile'), 'utf8'),
).getInstructions()
const words = instructions.map((one) => [one.getKeyword(), one.getArgumentsContent() ?? ''] as const)
const lastFrom = words.findLastIndex(([keyword]) => keyword === 'FROM')

for (const [keyword, content] of words.slice(0, lastFrom)) {
  if (keyword === 'COPY') {
    const sources = content.split(/\s+/)
    const target = join(app, sources.pop() ?? '.')
    for (const source of sources) {
      const isFolder = !/\.\w+$|\.npmrc$/.test(source)
      const to = isFolder ? target : join(target, source.split('/').at(-1) ?? source)
      mkdirSync(dirname(to), { recursive: true })
      cpSync(join(root, source), to, {
        recursive: true,
        filter: (path) => !/node_modules|\.test\.ts$/.test(path),
      })
    }
  }
  if (keyword === 'RUN') execFileSync('sh', ['-c', content], { cwd: app, stdio: 'inherit' })
}
execFileSync('chmod', ['-R', 'a-w,a+rX', app])
const size = spawnSync('du', ['-sm', app], { encoding: 'utf8' }).stdout.split('\t')[0]
say(`built in an empty folder: ${size} MB`)

// ENV A=b C=d, over several lines.
const environment = Object.fromEntries(
  words
    .filter(([keyword]) => keyword === 'ENV')
    .flatMap(([, content]) => [...content.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])),
) as Record<string, string>
const command = JSON.parse(words.findLast(([keyword]) => keyword === 'CMD')?.[1] ?? '[]') as string[]
const check = JSON.parse(
  /CMD (\[.*\])/.exec(words.find(([keyword]) => keyword === 'HEALTHCHECK')?.[1] ?? '')?.[1] ?? '[]',
) as string[]

const upstream = await startFaultServer((request) => chatAnswer(request, { text: 'An answer.' }))
const made = spawnSync(
  process.execPath,
  [
    '--conditions=@plumbline/source',
    join(root, 'apps/gateway/src/keys-program.ts'),
    'create',
    '--tenant',
    'acme',
    '--file',
    join(folder, 'keys.json'),
  ],
  { encoding: 'utf8' },
)
const key = made.stdout.trim()
writeFileSync(join(folder, 'openai_api_key'), 'upstream-key\n')
execFileSync('chown', [`${nobody.uid}:${nobody.gid}`, join(folder, 'keys.json')])
const port = 18_080
const settings = {
  ...environment,
  PORT: String(port),
  PLUMBLINE_METRICS_PORT: String(port + 1),
  OPENAI_BASE_URL: upstream.baseUrl,
  OPENAI_API_KEY_FILE: join(folder, 'openai_api_key'),
  PLUMBLINE_KEYS_FILE: join(folder, 'keys.json'),
  PLUMBLINE_LEDGER_FILE: join(data, 'calls.ledger'),
  PLUMBLINE_ALLOW_BUILD_HEADER: 'true',
}
// The Node of this project stands for that of the image.
const asNode = (args: string[]): [string, string[]] => [process.execPath, args.slice(1)]
const service: ChildProcess = spawn(...asNode(command), {
  cwd: app,
  env: settings,
  ...nobody,
  stdio: ['ignore', 'inherit', 'inherit'],
})
try {
  let healthy: number | null = 1
  for (let tried = 0; tried < 60 && healthy !== 0; tried++) {
    await new Promise((wait) => setTimeout(wait, 500))
    healthy = spawnSync(...asNode(check), { cwd: app, env: settings, ...nobody }).status
  }
  must(healthy === 0, 'the health check of the image passes')
  for (const build of ['scratch', 'langchain']) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'x-plumbline-build': build },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: `hello ${build}` }] }),
    })
    must(
      response.status === 200 && (await response.text()).includes('An answer.'),
      `a chat through ${build} is answered`,
    )
  }
  const stranger = await fetch(`http://127.0.0.1:${port}/v1/models`)
  must(stranger.status === 401, 'a stranger is not served')
  must((await fetch(`http://127.0.0.1:${port + 1}/metrics`)).ok, '/metrics is on its own port')
  const writes = spawnSync('sh', ['-c', `touch ${app}/apps/gateway/src/x`], nobody)
  must(writes.status !== 0, 'the service cannot write its own code')
  const exited = once(service, 'exit') as Promise<[number | null]>
  service.kill('SIGTERM')
  must((await exited)[0] === 0, 'SIGTERM ends it with 0')
  must(
    spawnSync(...asNode(check), { cwd: app, env: settings, ...nobody }).status === 1,
    'and the health check says so',
  )
} finally {
  service.kill('SIGKILL')
  await upstream.close()
  execFileSync('chmod', ['-R', 'u+w', app])
  rmSync(folder, { recursive: true, force: true })
}

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

function must(holds: boolean, what: string): void {
  say(`${holds ? 'ok  ' : 'FAIL'} ${what}`)
  if (!holds) process.exitCode = 1
}
