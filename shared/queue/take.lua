-- Takes permits of every bucket that concerns a call: all or none, in turn, in one step.
--
-- KEYS  marker  string: set by a scheduler once the pauses are cached; without it, no permit
--       pause   string: until when (s) no permit is given
--       told    hash {left, until}: what the provider said was left of its window
--       spent   hash {second of the minute: "second permits"}: what was given (`spend`, before this)
--       then the stops   hash {at, left, trying}: when a failure may be tried again, by how many
--       then the ramps   hash {since, until}: from when to when the pace grows back
--       then two for each bucket: hash {tokens, at}; hash {flow: "start asked waits", clock}
-- ARGV  wanted, flow, weight, how many stops, how many ramps
--       then two for each stop: how many calls try, how long (s) they are waited for
--       then two for each bucket: pace (permits a second), burst (most permits kept)
-- Returns {given, milliseconds to wait, 1 when the permits are to try a stop}
--
-- The turn is that of start-time fair queueing: each flow has a virtual time, which grows by
-- permits / weight; a flow may be ahead of the least one that waits by `slack`, and no more.
-- One that has not asked for a while is not waited for; one that comes anew starts at the clock.

local RESTLESS, FORGOTTEN, LEAST_FACTOR, SOON = 1, 10, 0.1, 1
local wanted, flow, weight = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local stops, ramps = tonumber(ARGV[4]), tonumber(ARGV[5])
local now = redis.call('time')
now = now[1] + now[2] / 1000000

local function refuse(seconds)
  return {0, math.max(1, math.ceil(seconds * 1000)), 0}
end

local function fields(key, ...)
  local found = redis.call('hmget', key, ...)
  for i = 1, #found do found[i] = tonumber(found[i] or nil) end
  return found
end

if redis.call('exists', KEYS[1]) == 0 then return refuse(0.25) end
local pause = tonumber(redis.call('get', KEYS[2]) or '0')
if pause > now then return refuse(pause - now) end

local most = wanted
local told = fields(KEYS[3], 'left', 'until')
local budgeted = told[1] and told[2] and told[2] > now
if budgeted then
  if told[1] < 1 then return refuse(told[2] - now) end
  most = math.min(most, told[1])
end

local key, arg, tried = 4, 5, {}
for _ = 1, stops do
  key = key + 1
  local probes, lease = tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2])
  arg = arg + 2
  local stop = fields(KEYS[key], 'at', 'left')
  if stop[1] then
    local at, left = stop[1], stop[2] or 0
    if now >= at then at, left = now + lease, probes end
    if left < 1 then
      local trying = redis.call('hget', KEYS[key], 'trying') == '1'
      return refuse(trying and math.min(SOON, at - now) or at - now)
    end
    most = math.min(most, left)
    tried[#tried + 1] = {KEYS[key], at, left}
  end
end

local factor = 1
for _ = 1, ramps do
  key = key + 1
  local ramp = fields(KEYS[key], 'since', 'until')
  if ramp[1] and ramp[2] and now < ramp[2] then
    factor = math.min(factor, math.max(LEAST_FACTOR, (now - ramp[1]) / (ramp[2] - ramp[1])))
  end
end

local buckets = {}
while key < #KEYS do
  local pace, burst = tonumber(ARGV[arg + 1]) * factor, tonumber(ARGV[arg + 2]) * factor
  local kept = fields(KEYS[key + 1], 'tokens', 'at')
  local tokens = (kept[1] or 0) + math.max(0, now - (kept[2] or now)) * pace
  tokens = math.min(math.max(1, burst), tokens)
  buckets[#buckets + 1] = {
    key = KEYS[key + 1], turns = KEYS[key + 2], tokens = tokens, pace = pace,
    slack = math.max(2, math.min(pace, burst) / 4), patience = RESTLESS + 2 / pace,
  }
  key, arg = key + 2, arg + 2
end

local function read(bucket)
  bucket.clock, bucket.start, bucket.kept = 0, 0, false
  local turns = redis.call('hgetall', bucket.turns)
  for i = 1, #turns, 2 do
    local start, asked, waits = string.match(turns[i + 1], '(%S+) (%S+) (%S+)')
    start, asked = tonumber(start), tonumber(asked)
    local fresh = asked and asked >= now - bucket.patience
    if turns[i] == 'clock' then
      bucket.clock = tonumber(turns[i + 1])
    elseif turns[i] == flow then
      bucket.start, bucket.kept = start, waits == '1' and fresh
    elseif asked < now - FORGOTTEN - bucket.patience then
      redis.call('hdel', bucket.turns, turns[i])
    elseif waits == '1' and fresh then
      bucket.least = math.min(bucket.least or start, start)
    end
  end
  if not bucket.kept then bucket.start = math.max(bucket.start, bucket.clock) end
end

local function write(bucket, waits)
  local turn = string.format('%.4f %.3f %d', bucket.start, now, waits and 1 or 0)
  redis.call('hset', bucket.turns, flow, turn, 'clock', string.format('%.4f', bucket.clock))
  redis.call('expire', bucket.turns, 3600)
  local tokens = string.format('%.6f', bucket.tokens)
  redis.call('hset', bucket.key, 'tokens', tokens, 'at', string.format('%.6f', now))
  redis.call('expire', bucket.key, 3600)
end

local refused, wait
for _, bucket in ipairs(buckets) do
  read(bucket)
  if not refused then
    if bucket.tokens < 1 then
      refused, wait = bucket, (1 - bucket.tokens) / bucket.pace
    elseif bucket.least and bucket.start > bucket.least + bucket.slack then
      refused, wait = bucket, 1 / bucket.pace
    end
    most = math.min(most, math.floor(bucket.tokens))
  end
end
if wanted < 1 then refused, wait, most = refused or {}, wait or 0, 0 end
if refused then
  for _, bucket in ipairs(buckets) do write(bucket, bucket == refused) end
  return refuse(wait)
end

for _, bucket in ipairs(buckets) do
  bucket.clock = math.max(bucket.clock, math.min(bucket.start, bucket.least or bucket.start))
  bucket.tokens, bucket.start = bucket.tokens - most, bucket.start + most / weight
  write(bucket, most < wanted)
end
if budgeted then redis.call('hincrby', KEYS[3], 'left', -most) end
spend(KEYS[4], most)
for _, stop in ipairs(tried) do
  redis.call('hset', stop[1], 'at', string.format('%.3f', stop[2]), 'left', stop[3] - most,
    'trying', 1)
end
return {most, 0, #tried > 0 and 1 or 0}
