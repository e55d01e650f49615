/**
 * Each window of a tenant is a hash (`spent`, `held`, `warned`, and each claim in flight by its id) and a sorted set of those claims by
 * the time at which they are forgotten: a process that dies gives nothing back. Money is whole numbers up to 2^53, which Lua's
 * numbers hold exactly; they are written as decimals, since Lua prints large ones in another way.
 */
const forgetTheDead = `
local function forget(hash, expiries, now)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', expiries, '-inf', now)) do
    local amount = redis.call('HGET', hash, id)
    if amount then redis.call('HINCRBY', hash, 'held', '-' .. amount) end
    redis.call('HDEL', hash, id)
    redis.call('ZREM', expiries, id)
  end
end
local function sum(hash)
  return tonumber(redis.call('HGET', hash, 'spent') or '0') + tonumber(redis.call('HGET', hash, 'held') or '0')
end
local function warns(hash, used, warnAt)
  return used > tonumber(warnAt) and redis.call('HSETNX', hash, 'warned', '1') == 1
end
local decimal = function(number) return string.format('%.0f', number) end
`

/**
 * KEYS: hash and set of each window. ARGV: id, amount, now, forgotten at, then limit, threshold and TTL in ms of each window.
 * Answers [number of the refusing window or 0, then of each window what was used and whether it warns].
 */
export const reserveScript = `${forgetTheDead}
local id, amount, now, forgottenAt = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local answer = { 0 }
for w = 1, #KEYS / 2 do
  local hash, expiries = KEYS[2 * w - 1], KEYS[2 * w]
  forget(hash, expiries, now)
  local used = sum(hash)
  if answer[1] == 0 and used + tonumber(amount) > tonumber(ARGV[2 + 3 * w]) then answer[1] = w end
  answer[2 * w] = decimal(used)
  answer[2 * w + 1] = 0
end
if answer[1] > 0 then return answer end
for w = 1, #KEYS / 2 do
  local hash, expiries = KEYS[2 * w - 1], KEYS[2 * w]
  redis.call('HSET', hash, id, amount)
  redis.call('HINCRBY', hash, 'held', amount)
  redis.call('ZADD', expiries, forgottenAt, id)
  redis.call('PEXPIRE', hash, ARGV[4 + 3 * w])
  redis.call('PEXPIRE', expiries, ARGV[4 + 3 * w])
  if warns(hash, sum(hash), ARGV[3 + 3 * w]) then answer[2 * w + 1] = 1 end
end
return answer
`

/**
 * KEYS as above. ARGV: id, cost, then threshold and TTL in ms of each window. A claim that was forgotten is spent all the same; one
 * that is settled already is not in a window any more, and the caller settles each once.
 */
export const settleScript = `${forgetTheDead}
local id, cost = ARGV[1], ARGV[2]
local answer = { 0 }
for w = 1, #KEYS / 2 do
  local hash, expiries = KEYS[2 * w - 1], KEYS[2 * w]
  local amount = redis.call('HGET', hash, id)
  if amount then redis.call('HINCRBY', hash, 'held', '-' .. amount) end
  redis.call('HDEL', hash, id)
  redis.call('ZREM', expiries, id)
  redis.call('HINCRBY', hash, 'spent', cost)
  redis.call('PEXPIRE', hash, ARGV[2 + 2 * w])
  local used = sum(hash)
  answer[2 * w] = decimal(used - tonumber(cost))
  answer[2 * w + 1] = warns(hash, used, ARGV[1 + 2 * w]) and 1 or 0
end
return answer
`
