-- Give an effect back, to be claimed again when it is due.
-- KEYS: due, held, effect   ARGV: token, id, due_ms, error
if redis.call('HGET', KEYS[3], 't') ~= ARGV[1] then return 0 end
redis.call('SREM', KEYS[2], ARGV[2])
redis.call('HDEL', KEYS[3], 't', 'f')
redis.call('HSET', KEYS[3], 's', 'planned', 'e', ARGV[4])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2])
return 1
