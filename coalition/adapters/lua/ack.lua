-- Seen to: out of the pending list and out of the stream, so that its length is the lag.
-- KEYS: outbox   ARGV: group, position*
for i = 2, #ARGV do redis.call('XACK', KEYS[1], ARGV[1], ARGV[i]) end
for i = 2, #ARGV do redis.call('XDEL', KEYS[1], ARGV[i]) end
return #ARGV - 1
