-- Give back what dead holders held. What had been handed over comes back in doubt.
-- KEYS: due, holders, held prefix, effect prefix, wake   ARGV: token to release, or ''
-- Returns how many effects came back.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local dead = {ARGV[1]}
if ARGV[1] == '' then dead = redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE') end
local back = 0
for _, token in ipairs(dead) do
  for _, id in ipairs(redis.call('SMEMBERS', KEYS[3] .. token)) do
    local key = KEYS[4] .. id
    local v = redis.call('HMGET', key, 't', 'f')
    if v[1] == token then
      redis.call('HSET', key, 's', 'planned')
      if v[2] == '1' then redis.call('HSET', key, 'd', 1) end
      redis.call('HDEL', key, 't', 'f')
      redis.call('ZADD', KEYS[1], now, id)
      back = back + 1
    end
  end
  redis.call('DEL', KEYS[3] .. token)
  redis.call('ZREM', KEYS[2], token)
end
if back > 0 then redis.call('PUBLISH', KEYS[5], '1') end
return back
