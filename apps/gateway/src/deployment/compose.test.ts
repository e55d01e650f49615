// What can be said of the compose file and the Dockerfile without an engine.
import { spawnSync } from 'node:child_process'
import { DockerfileParser } from 'dockerfile-ast'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { deployFile, root } from './files.ts'

interface Service {
  image: string
  command?: string[]
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  healthcheck?: object
  stop_grace_period?: string
  networks?: string[]
  ports?: string[]
  environment?: Record<string, string>
  secrets?: string[]
  deploy?: { resources: { limits: { cpus: string; memory: string; pids: number } } }
}
interface Compose {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean } | null>
  secrets: Record<string, { file: string }>
}

// The file is ours; the tests below would fail on another shape.
const compose = parse(deployFile('docker-compose.yml'), { merge: true }) as Compose
const services = Object.entries(compose.services)

test('dclint finds nothing to say of the compose file', () => {
  const { status, stdout, stderr } = spawnSync(
    `${root}node_modules/.bin/dclint`,
    ['--max-warnings', '0', 'deploy'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  expect([status, `${stdout}${stderr}`.trim()]).toEqual([0, ''])
})

test.each(services)(
  '%s may write nothing but its volumes, and takes no more than it is given',
  (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      deploy: {
        resources: {
          limits: { cpus: expect.any(String), memory: expect.any(String), pids: expect.any(Number) },
        },
      },
    })
    expect(service.image).toMatch(
      /:(\d+\.\d+\.\d+|v\d+\.\d+\.\d+|\$\{PLUMBLINE_VERSION:-\d+\.\d+\.\d+\})(-alpine)?$/,
    )
    expect(service.stop_grace_period).toBeDefined()
  },
)

test('secrets are files, nobody outside reaches store and Prometheus, and every published port is on the loopback', () => {
  for (const [name, { environment = {}, ports = [], networks, healthcheck }] of services) {
    for (const [variable, value] of Object.entries(environment)) {
      if (/KEY|PASSWORD|REDIS_URL/.test(variable)) expect(value, variable).toMatch(/^\/run\/secrets\//)
    }
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(networks).toContain('inside')
    // That of the gateway is in its image.
    if (name !== 'gateway') expect(healthcheck, name).toBeDefined()
  }
  expect(compose.networks['inside']).toEqual({ internal: true })
  expect(compose.services['valkey']?.networks).toEqual(['inside'])
  expect(compose.services['prometheus']?.networks).toEqual(['inside'])
  for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//)
})

test('the gateway gets longer to stop than its calls may take to drain', () => {
  const { stop_grace_period: grace, environment } = compose.services['gateway'] ?? {}
  expect(Number.parseInt(grace ?? '') * 1000).toBeGreaterThan(Number(environment?.['PLUMBLINE_DRAIN_MS']))
})

test('what a shell starts takes its place, so that it hears that it is to stop', () => {
  const commands = Object.values(compose.services).flatMap(({ command }) => command ?? [])
  const starting = commands.filter((word) => / \S+-server /.test(` ${word} `))
  expect(starting.length).toBeGreaterThan(0)
  for (const line of starting) expect(line).toMatch(/(?:^|&& )exec [^|]*$/)
})

test('every variable of the compose file is in .env.example, and no other', () => {
  const used = [...deployFile('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
  const shown = [...deployFile('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name)
  expect(shown.toSorted()).toEqual([...new Set(used)].toSorted())
})

const dockerfile = DockerfileParser.parse(deployFile('Dockerfile'))
const said = (keyword: string): string[] =>
  dockerfile
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getArgumentsContent() ?? '')

test('the image is built in two stages on the Node that this project is tested with, and runs as nobody in particular', () => {
  const { devDependencies } = JSON.parse(deployPackage()) as { devDependencies: { node: string } } // Ours.
  expect(said('ARG')).toEqual([`NODE_IMAGE=node:${devDependencies.node}-bookworm-slim`])
  // eslint-disable-next-line no-template-curly-in-string
  expect(said('FROM')).toEqual(['${NODE_IMAGE} AS build', '${NODE_IMAGE}'])
  expect(said('USER')).toEqual(['node'])
  const last = dockerfile.getInstructions().map((instruction) => instruction.getKeyword())
  expect(last.lastIndexOf('USER')).toBeGreaterThan(last.lastIndexOf('RUN'))
  expect(said('CMD')[0]).toMatch(/^\["node", /)
  expect(said('HEALTHCHECK')[0]).toContain('CMD ["node", "deploy/healthcheck.mjs"]')
  expect(said('EXPOSE')).toEqual(['8080 9464'])
})

test('nothing secret goes into the image, and every file that it copies is there and let through', () => {
  expect(said('ENV').join(' ')).not.toMatch(/KEY|PASSWORD|TOKEN/)
  expect(said('RUN')[0]).toContain('npm ci --omit=dev --ignore-scripts')
  const allowed = deployFile('Dockerfile.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  for (const copy of said('COPY').filter((one) => !one.startsWith('/app '))) {
    for (const source of copy.split(/\s+/).slice(0, -1)) {
      expect(
        allowed.some((path) => source === path || source.startsWith(`${path}/`)),
        source,
      ).toBe(true)
      expect(spawnSync('test', ['-e', `${root}${source}`]).status, source).toBe(0)
    }
  }
})

function deployPackage(): string {
  return deployFile('../package.json')
}
