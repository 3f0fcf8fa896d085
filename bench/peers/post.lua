-- Posts another comment each time. Arguments after "--":
--   body=TEMPLATE    @TEXT@ becomes some 180 characters, @NUMBER@ and @KEY@ what no other post has
--   H:Name=value     a header
-- The two lines at the end are those of wrk.lua. An answer of 400 or more counts as a failure.

local template, tag, sent = "", "", 0
local words = {"bridge", "council", "ferry", "harbour", "market", "reader", "river", "school",
  "street", "summer", "train", "truth", "vote", "winter", "account", "answer", "budget", "paper"}

function init(args)
  for _, argument in ipairs(args) do
    local header, value = argument:match("^H:([^=]+)=(.*)$")
    if header then wrk.headers[header] = value end
    template = argument:match("^body=(.*)$") or template
  end
  -- Where a table lies in memory differs from run to run.
  math.randomseed(os.time() + tonumber(tostring(words):match("0x(%x+)"), 16) % 1000000)
  tag = string.format("%08x%08x", math.random(0, 2147483647), os.time())
  wrk.method = "POST"
end

function request()
  sent = sent + 1
  local text, length = {"comment" .. tag .. "n" .. sent}, 40
  while length < 180 do
    local word = words[math.random(#words)]
    text[#text + 1] = word
    length = length + #word + 1
  end
  local gap = wrk.headers["Content-Type"] == "application/json" and " " or "+"
  local values = {TEXT = table.concat(text, gap), NUMBER = tostring(sent % 500),
    KEY = string.format("%s%016d", tag, sent)}
  return wrk.format("POST", wrk.path, nil, (template:gsub("@(%u+)@", values)))
end

done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("result %d %d %d %d\n",
    summary.requests, summary.duration, summary.bytes, failed))
  io.write("latency")
  for percent = 1, 99 do
    io.write(string.format(" %d:%d", percent, latency:percentile(percent)))
  end
  io.write(string.format(" 99.9:%d 100:%d\n", latency:percentile(99.9), latency.max))
end
