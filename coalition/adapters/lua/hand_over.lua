-- Bytes leave now: from here on a crash leaves the effect in doubt.
-- KEYS: effect   ARGV: token
if redis.call('HGET', KEYS[1], 't') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'f', 1)
return 1
