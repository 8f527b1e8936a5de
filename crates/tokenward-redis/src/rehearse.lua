-- Everything that publish.lua calls, on two keys that nobody reads and that are gone at the end: what is
-- not allowed, or cannot be written, is found before a revocation waits for it.
--
-- KEYS: two keys.
local value, other = KEYS[1], KEYS[2]

redis.call('GET', value)
redis.call('PTTL', value)
redis.call('HGET', other, 'seq')
redis.call('TIME')

-- The first write, because a server that is full refuses that one alone. It ends by itself where the user
-- may not delete; what does not is made only once it is known that it can be deleted.
redis.call('SET', value, '*', 'PX', 60000)
redis.call('DEL', value)
redis.call('HSET', other, 'seq', '0')
redis.call('DEL', other)
redis.call('XADD', other, 'MINID', '0', '*', 'aud', '', 'jws', '')
redis.call('DEL', other)
return redis.status_reply('OK')
