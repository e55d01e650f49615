export { createRedisStore } from './redis-store.ts'

export type { RedisStore, RedisStoreOptions } from './redis-store.ts'
