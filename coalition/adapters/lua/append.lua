-- One change of one aggregate: all of it or none (design, section 3).
-- A refused XADD inside MULTI would not stop the other writes; a script that looks first does.
-- KEYS: log, state, outbox, timers, wake, command, ids, ids of the same owner
-- ARGV: expected, hash, state, aggregate, id, now_ms, remember_s, n, body*n,
--       nset, (name, due_ms)*nset, nclear, name*nclear
-- Returns {0, version} | {1, "aggregate|id|version"} (carried out before) | {-1, version}
local before = redis.call('GET', KEYS[6])
if before then return {1, before} end
local version = tonumber(redis.call('HGET', KEYS[2], 'v') or '0')
if version ~= tonumber(ARGV[1]) then return {-1, version} end
local at, bodies = 8, {}
local n = tonumber(ARGV[at])
for i = 1, n do
  bodies[i] = ARGV[at + i]
  redis.call('XADD', KEYS[1], (version + i) .. '-0', 'e', bodies[i])
end
at = at + n + 1
version = version + n
redis.call('HSET', KEYS[2], 'v', version, 'h', ARGV[2], 's', ARGV[3])
redis.call('XADD', KEYS[3], '*', 'k', 'records', 'b', '[' .. table.concat(bodies, ',') .. ']')
local owner = ARGV[4] .. '|' .. ARGV[5] .. '|'
redis.call('SET', KEYS[6], owner .. version, 'EX', ARGV[7])
if version == n then
  redis.call('ZADD', KEYS[7], 'NX', ARGV[6], ARGV[5])
  redis.call('ZADD', KEYS[8], 'NX', ARGV[6], ARGV[5])
end
local sets = tonumber(ARGV[at])
if sets > 0 then
  local first = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2]
  local wake = false
  for i = 1, sets do
    local due = tonumber(ARGV[at + 2 * i])
    redis.call('ZADD', KEYS[4], due, owner .. ARGV[at + 2 * i - 1])
    if not first or due < tonumber(first) then wake = true end
  end
  -- Whoever sleeps until the next timer must hear of an earlier one.
  if wake then redis.call('PUBLISH', KEYS[5], '1') end
end
at = at + 2 * sets + 1
for i = 1, tonumber(ARGV[at]) do redis.call('ZREM', KEYS[4], owner .. ARGV[at + i]) end
return {0, version}
