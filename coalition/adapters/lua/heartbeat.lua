-- Renew the lease of all that a holder has; 0 when it has been reaped meanwhile.
-- KEYS: holders   ARGV: token, lease_ms
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
local t = redis.call('TIME')
redis.call('ZADD', KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2], ARGV[1])
return 1
