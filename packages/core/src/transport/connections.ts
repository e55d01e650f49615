import type { Agent, ClientRequest } from 'node:http'
import type { Socket } from 'node:net'

import { TimeoutError } from '../contract/errors.ts'
import { readAheadBytes } from './response-body.ts'

/** Kept-alive connections to any number of servers. */
export interface Connections {
  /** A request that is ready to be ended. Throws a `TypeError` for another protocol, and for headers that Node refuses. */
  request(url: URL, method: string, headers: readonly string[]): ClientRequest
  /** Closes idle connections; busy ones close when they become idle. */
  close(): void
}

interface ConnectionLimits {
  keepAliveMs: number
  maxSockets: number
  connectTimeoutMs: number
}

/** Connections with one agent per protocol, made when it is first needed. */
export function createConnections(limits: ConnectionLimits): Connections {
  const agents = new Map<string, Agent>()
  let isClosed = false

  function agentFor(protocol: string): Agent {
    const known = agents.get(protocol)
    if (known !== undefined) return known
    const agent = createAgent(protocol, limits)
    if (isClosed) agent.maxFreeSockets = 0
    agents.set(protocol, agent)
    return agent
  }

  return {
    request(url, method, headers) {
      const { protocol, hostname, port, pathname, search } = url
      return moduleFor(protocol).request({
        agent: agentFor(protocol),
        // Node wants an IPv6 address without its brackets.
        hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
        port,
        path: pathname + search,
        method,
        headers,
      })
    },
    close() {
      isClosed = true
      for (const agent of agents.values()) {
        // A connection that becomes idle now finds no place, and is closed by the agent.
        agent.maxFreeSockets = 0
        for (const sockets of Object.values(agent.freeSockets))
          for (const socket of sockets ?? []) socket.destroy()
      }
    },
  }
}

/** Loaded on first use, since `node:https` brings all of TLS, and a build may be given another fetch. */
function moduleFor(protocol: string): typeof import('node:http') | typeof import('node:https') {
  if (protocol === 'https:') return process.getBuiltinModule('node:https')
  if (protocol === 'http:') return process.getBuiltinModule('node:http')
  throw new TypeError(`fetch: the url must begin with http: or https:, got ${protocol}`)
}

function createAgent(
  protocol: string,
  { keepAliveMs, maxSockets, connectTimeoutMs }: ConnectionLimits,
): Agent {
  // A variable, since the type of an agent's options leaves out what it passes on to `net.connect`, as `highWaterMark`.
  const options = {
    keepAlive: true,
    noDelay: true,
    // It closes idle connections only: on a busy one it is an event that nobody listens to.
    timeout: keepAliveMs,
    maxSockets,
    highWaterMark: readAheadBytes,
  }
  const agent = new (moduleFor(protocol).Agent)(options)
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (target, callback) => {
    const socket = connect(target, callback)
    // Both agents open sockets; the type allows other streams for agents of one's own.
    if (socket)
      limitConnect(socket as Socket, protocol === 'https:' ? 'secureConnect' : 'connect', connectTimeoutMs)
    return socket
  }
  return agent
}

function limitConnect(socket: Socket, connected: 'connect' | 'secureConnect', limitMs: number): void {
  const timer = setTimeout(() => {
    // "timed out" is what the openai SDK looks for, to tell a timeout from other failures.
    socket.destroy(
      new TimeoutError(`Connecting to the provider timed out after ${limitMs} ms.`, { retryable: true }),
    )
  }, limitMs)
  const stop = (): void => clearTimeout(timer)
  socket.once(connected, stop)
  socket.once('close', stop)
}
