export { createHttpFetch } from './create-http-fetch.ts'
export type { HttpFetch, HttpFetchOptions } from './create-http-fetch.ts'
