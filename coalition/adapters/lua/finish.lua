-- End effects, fenced by the token, and put what policies want to hear in the outbox.
-- KEYS: due, outbox, held, effect prefix   ARGV: token, keep_s, (id, status, detail, report)*
-- Returns the ids that were accepted.
local accepted, reports = {}, {}
for i = 3, #ARGV, 4 do
  local id, key = ARGV[i], KEYS[4] .. ARGV[i]
  local v = redis.call('HMGET', key, 't', 's', 'again')
  if v[1] == ARGV[1] and v[2] == 'sending' then
    redis.call('SREM', KEYS[3], id)
    redis.call('HDEL', key, 't', 'f', 'd', 'again')
    if v[3] then
      redis.call('HSET', key, 's', 'planned', 'n', 0, 'o', ARGV[i + 2])
      redis.call('ZADD', KEYS[1], v[3], id)
    else
      redis.call('HSET', key, 's', ARGV[i + 1], 'o', ARGV[i + 2])
      redis.call('EXPIRE', key, ARGV[2])
    end
    accepted[#accepted + 1] = id
    if ARGV[i + 3] ~= '' then reports[#reports + 1] = ARGV[i + 3] end
  end
end
if #reports > 0 then
  redis.call('XADD', KEYS[2], '*', 'k', 'outcomes', 'b', '[' .. table.concat(reports, ',') .. ']')
end
return accepted
