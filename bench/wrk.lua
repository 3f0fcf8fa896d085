-- One line at the end that a program can read: requests, microseconds, bytes, failures.
-- A failure is a status of 400 or more, a connection that broke, or an answer that did not come.

done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("result %d %d %d %d\n",
    summary.requests, summary.duration, summary.bytes, failed))
end
