-- Posts an invented comment each time, as the form of a story does, each from an address of its own. Arguments after "--":
--   path=/2026/09/…/comment/   as often as wanted; they take turns
--   delay=N                    each client waits 0 to 2 N milliseconds before each comment
-- One line at the end that a program can read, as JSON; latencies in microseconds. An answer of 400
-- or more, a connection that broke, or an answer that did not come counts as failed.

local paths, sent, tag = {}, 0, ""
-- Words of two or three of these: as in what people write, two comments have hardly a phrase in common.
local syllables = {"na", "pe", "ri", "sto", "tru", "ci", "stre", "mar", "vo", "cou", "ve", "brid",
  "scho", "win", "sum", "pri", "bre", "tra", "no", "li"}

local function word()
  local made = syllables[math.random(#syllables)] .. syllables[math.random(#syllables)]
  if math.random(2) == 1 then made = made .. syllables[math.random(#syllables)] end
  return made
end

function init(args)
  local pause
  for _, argument in ipairs(args) do
    local name, value = argument:match("^(%a+)=(.*)$")
    if name == "path" then paths[#paths + 1] = value end
    if name == "delay" then pause = tonumber(value) end
  end
  if pause then
    function delay() return math.random(0, 2 * pause) end
  end
  -- Where a table lies in memory differs from run to run.
  local chance = tonumber(tostring(paths):match("0x(%x+)"), 16)
  math.randomseed(os.time() + chance % 100000)
  tag = string.format("%d-%d", os.time(), math.random(1, 1000000))
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  sent = sent + 1
  local text, length = {"Comment+" .. tag .. "-" .. sent}, 0
  while length < 150 do
    local next = word()
    text[#text + 1] = next
    length = length + #next + 1
  end
  local body = "name=Reader+" .. math.random(500) .. "&text=" .. table.concat(text, "+") .. "."
  wrk.headers["X-Forwarded-For"] = string.format("%d.%d.%d.%d",
    math.random(11, 99), math.random(0, 255), math.random(0, 255), math.random(1, 254))
  return wrk.format("POST", paths[sent % #paths + 1], nil, body)
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"answered":%d,"microseconds":%d,"p50":%.0f,"p99":%.0f,"max":%.0f,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max, failed))
end
