// Whether the gateway in this container is alive: exit code 0 or 1. In Node, since the image has no curl.
const port = process.env.PORT ?? '8080'
try {
  const { ok, status } = await fetch(`http://127.0.0.1:${port}/livez`, { signal: AbortSignal.timeout(2_000) })
  if (!ok) throw new Error(`/livez answers ${status}`)
} catch (error) {
  console.error(String(error))
  process.exitCode = 1
}
