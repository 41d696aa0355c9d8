package app

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// What the garbage collector lets lie before it collects: garbageRoom, so that a
// sandbox with little in it is not collected all the time, but between once and four
// times of what lives.
const (
	garbageRoom    = 64 << 20
	leastGarbage   = 100
	mostGarbage    = 400
	collectorTicks = time.Second
)

// TendCollector chooses how often the garbage collector of this process runs, by what
// lives, until the context ends. Whoever has set GOGC or GOMEMLIMIT has chosen.
func TendCollector(ctx context.Context) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	tick := time.NewTicker(collectorTicks)
	defer tick.Stop()
	chosen := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			metrics.Read(live)
			// It stops the process for a moment, which small differences are not worth.
			if percent := garbagePercent(live[0].Value.Uint64()); percent < chosen*9/10 || percent > chosen*11/10 {
				chosen = percent
				debug.SetGCPercent(percent)
			}
		}
	}
}

// garbagePercent is how much may lie, in percent of what lives.
func garbagePercent(live uint64) int {
	return int(min(max(garbageRoom*100/max(live, 1), leastGarbage), mostGarbage))
}
