-- Record intents. A known effect is left alone; a known refresh effect is armed once more.
-- KEYS: due, wake, prefix of effects   ARGV: (id, kind, payload, due_ms or 0 for now, refresh)*
-- "Now" is this server's: it also decides what is due, so skewed clients delay nothing.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local new, wake = 0, false
for i = 1, #ARGV, 5 do
  local key = KEYS[3] .. ARGV[i]
  local due = tonumber(ARGV[i + 3])
  if due == 0 then due = now end
  local status = redis.call('HGET', key, 's')
  local arm = false
  if not status then
    redis.call('HSET', key, 'k', ARGV[i + 1], 'p', ARGV[i + 2], 's', 'planned', 'n', 0)
    new = new + 1
    arm = true
  elseif ARGV[i + 4] == '1' then
    if status == 'sending' then
      redis.call('HSET', key, 'again', due)
    elseif status ~= 'planned' then
      redis.call('HSET', key, 's', 'planned', 'n', 0, 'p', ARGV[i + 2])
      redis.call('PERSIST', key)
      new = new + 1
      arm = true
    end
  end
  if arm then
    redis.call('ZADD', KEYS[1], due, ARGV[i])
    if due <= now then wake = true end
  end
end
if wake then redis.call('PUBLISH', KEYS[2], '1') end
return new
