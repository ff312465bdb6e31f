/**
 * Scripts, most of them where a step must not be seen half done: these work on keys of one slot, so they run in a cluster too. All are
 * short enough to be sent as text, which needs no care for a server that was restarted and has forgotten them.
 */

/**
 * First 8 bytes of many lists at once, a twelfth of the cost of as many commands. KEYS: the lists, anywhere, so not for clusters.
 */
export const READ_HEADS = `
local heads = {}
for i, key in ipairs(KEYS) do heads[i] = redis.call('GETRANGE', key, 0, 7) end
return heads`;

/**
 * Values of texts that are not what they were. KEYS: the texts; ARGV: the first 16 bytes that each was seen with, one after another.
 * Returns 1 for a text that still begins so, else its value or nothing.
 */
export const READ_CHANGED = `
local changes = {}
for i, key in ipairs(KEYS) do
  if redis.call('GETRANGE', key, 0, 15) == string.sub(ARGV[1], 16 * i - 15, 16 * i) then changes[i] = 1
  else changes[i] = redis.call('GET', key) end
end
return changes`;

/**
 * Deletes a list unless it was replaced meanwhile. KEYS: the list; ARGV: the expiry that it was seen with, as bytes.
 * Returns the number deleted.
 */
export const DELETE_EXPIRED_LIST = `
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])`;

/**
 * Adds points. KEYS: the series; ARGV: life of the series in milliseconds, oldest time to keep, then time and member of each point.
 */
export const ADD_POINTS = `
for i = 3, #ARGV, 2 do
  redis.call('ZREMRANGEBYSCORE', KEYS[1], ARGV[i], ARGV[i])
  redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1`;

/**
 * Adds changes of items under a new version, which it returns. KEYS: version, entries, index; ARGV: first version ever, least life of
 * the entries in milliseconds, then id, hidden (0 or 1), time of the change, expiry and categories (JSON or nothing) of each.
 * An entry is "hidden changed expires categories". Numbers stay text, as Lua would round them when it prints them.
 */
export const PUT_OVERLAY = `
local version = ARGV[1]
if redis.call('EXISTS', KEYS[1]) == 1 then
  version = string.format('%.0f', redis.call('INCR', KEYS[1]))
else
  redis.call('SET', KEYS[1], version)
end
local function later(a, b) if tonumber(a) > tonumber(b) then return a end return b end
for i = 3, #ARGV, 5 do
  local changed, expires, categories = ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local old = redis.call('HGET', KEYS[2], ARGV[i])
  if old then
    local oldChanged, oldExpires, oldCategories = string.match(old, '^%d (%S+) (%S+) (.*)$')
    changed, expires = later(changed, oldChanged), later(expires, oldExpires)
    if categories == '' then categories = oldCategories end
  end
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1] .. ' ' .. changed .. ' ' .. expires .. ' ' .. categories)
  redis.call('ZADD', KEYS[3], version, ARGV[i])
end
for i = 2, 3 do
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
end
return version`;

/** Deletes changes that are still as they were seen. KEYS: entries, index; ARGV: id and entry of each. Returns the number deleted. */
export const DELETE_OVERLAY = `
local deleted = 0
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    deleted = deleted + redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
  end
end
return deleted`;
