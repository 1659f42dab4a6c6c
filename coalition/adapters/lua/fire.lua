-- Move due timers to the outbox in one step, never early by this server's own clock.
-- KEYS: timers, outbox   ARGV: limit   Returns how many were moved.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local due = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1], 'WITHSCORES')
for i = 1, #due, 2 do
  redis.call('ZREM', KEYS[1], due[i])
  local aggregate, id, name = string.match(due[i], '^([^|]*)|([^|]*)|(.*)$')
  redis.call('XADD', KEYS[2], '*', 'k', 'timer', 'b', cjson.encode(
    {aggregate = aggregate, id = id, name = name, due = tonumber(due[i + 1])}))
end
return #due / 2
