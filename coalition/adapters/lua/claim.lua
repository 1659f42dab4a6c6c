-- Lease due effects to a holder. The server's clock decides what is due and when a lease ends.
-- KEYS: due, holders, held prefix, effect prefix   ARGV: token, limit, lease_ms
-- Returns {id, kind, payload, attempt, doubt}*
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local ids = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[2])
local out = {}
redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
for _, id in ipairs(ids) do
  local key = KEYS[4] .. id
  redis.call('ZREM', KEYS[1], id)
  redis.call('HSET', key, 's', 'sending', 't', ARGV[1], 'f', 0)
  redis.call('SADD', KEYS[3] .. ARGV[1], id)
  local n = redis.call('HINCRBY', key, 'n', 1)
  local v = redis.call('HMGET', key, 'k', 'p', 'd')
  out[#out + 1] = {id, v[1], v[2], n, v[3] or '0'}
end
return out
