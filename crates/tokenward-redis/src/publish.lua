-- Writes what was revoked, the frames that tell of it and how far that reaches: all of it, or nothing
-- if the head is not where the publisher believes it to be.
--
-- KEYS: the head, the stream, the mark of this writing, then the key of each row.
-- ARGV: 'next' and the number that this follows; or 'set' and the head that was seen ('' for none), to go
--   on from it, or 'anew' and the same, to put everything in its place; or 'rows' to write the rows
--   alone, ahead of the head: they only ever refuse more;
--   the new head; the time in ms, '' unless this is a heartbeat; how long the stream keeps, in ms;
--   how many frames and heartbeats; how many calls of this writing came before; a frame of the store's
--   chain, as its last number and its hash, '' for none; for each row: how it is merged, a value, its
--   time to live in ms; for each frame: audience, last number, message; for each heartbeat: audience,
--   message.
local head, stream, mark = KEYS[1], KEYS[2], KEYS[3]
local mode, believed, upto, time = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local keep, frames, beats = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local before, chain = tonumber(ARGV[8]), ARGV[9]

local seq = redis.call('HGET', head, 'seq') or ''
local function refused(why)
  if before > 0 then redis.call('DEL', mark) end
  return {why, seq}
end
if mode == 'rows' then
  seq = upto
elseif mode == 'set' or mode == 'anew' then
  if seq ~= believed then return refused('moved') end
elseif seq == '' or tonumber(seq) < tonumber(believed) then
  return refused('behind')
elseif tonumber(seq) > tonumber(upto) then
  return refused('ahead')
end

-- Where the calls before this one are not all there, it goes to another master than they did, or the
-- server was emptied meanwhile. What has the mark has the rows that were written with it.
local marked = tonumber(redis.call('GET', mark) or 0)
if marked < before then return refused('moved') end

-- Whatever is there already wins where it refuses more.
local merge = {
  list = function(old, new)
    if old == '*' or new == '*' then return '*' end
    for word in string.gmatch(old, '%S+') do
      if word == new then return old end
    end
    return old .. ' ' .. new
  end,
  floor = function(old, new)
    if (tonumber(old) or -1) < tonumber(new) then return new end
    return old
  end,
  pair = function(old, new)
    local a, b = string.match(old, '^(%d+) (%d+)$')
    if not a then return new end
    local c, d = string.match(new, '^(%d+) (%d+)$')
    if tonumber(c) > tonumber(a) then a = c end
    if tonumber(d) > tonumber(b) then b = d end
    return a .. ' ' .. b
  end,
}

local at = 10
for i = 4, #KEYS do
  local key, how, value, ttl = KEYS[i], ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  at = at + 3
  local old = redis.call('GET', key)
  if old then
    value = merge[how](old, value)
    local left = redis.call('PTTL', key)
    if left > ttl then ttl = left end
  end
  redis.call('SET', key, value, 'PX', ttl)
end
if mode == 'rows' then
  redis.call('SET', mark, before + 1, 'PX', 60000)
  return {'done', seq}
end
if before > 0 then redis.call('DEL', mark) end
-- What the head said was said by another store, or at a time that may lie ahead.
if mode == 'anew' then redis.call('DEL', head) end

local now = redis.call('TIME')
local oldest = string.format('%.0f', math.max(0, now[1] * 1000 - keep))
for _ = 1, frames do
  local audience, last, message = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  at = at + 3
  if mode ~= 'next' or tonumber(last) > tonumber(seq) then
    redis.call('XADD', stream, 'MINID', oldest, '*', 'aud', audience, 'jws', message)
  end
end

redis.call('HSET', head, 'seq', upto)
if chain ~= '' then
  local known = string.match(redis.call('HGET', head, 'chain') or '', '^%d+')
  if not known or tonumber(string.match(chain, '^%d+')) >= tonumber(known) then
    redis.call('HSET', head, 'chain', chain)
  end
end
if time ~= '' then
  local known = redis.call('HGET', head, 'time')
  if not known or tonumber(time) >= tonumber(known) then
    redis.call('HSET', head, 'time', time)
    for _ = 1, beats do
      redis.call('HSET', head, ARGV[at], ARGV[at + 1])
      at = at + 2
    end
    return {'told', upto}
  end
end
return {'done', upto}
