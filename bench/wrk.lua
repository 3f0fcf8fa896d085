-- Two lines at the end that a program can read: requests, microseconds, bytes, failures; and the
-- microseconds that each percentile of the answers took at most.
-- A failure is a status of 400 or more, a connection that broke, or an answer that did not come.

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
