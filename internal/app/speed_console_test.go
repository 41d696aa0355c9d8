package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// measureConsole measures how long the first pages of a tenant of many take, whole: at
// rest, and while a page is kept up to date about 200 requests a second.
func measureConsole(t *testing.T, table *speedTable, program string, customers, visits int) {
	t.Helper()
	server := startFilled(t, program, customers)
	for _, page := range []struct{ name, path string }{{"overview", ""}, {"list", "customers"}} {
		table.figure(fmt.Sprintf("console's %s of %d customers, median", page.name, customers), visitOften(t, server, page.path, visits), "ms", "< 50")
	}
	ctx, end := context.WithCancel(t.Context())
	var busy sync.WaitGroup
	busy.Go(func() { _ = consolePage(ctx, server, "requests", "text/event-stream") })
	busy.Go(func() {
		tick := time.NewTicker(time.Second / 200)
		defer tick.Stop()
		for ctx.Err() == nil {
			<-tick.C
			_ = fetch(ctx, server.base+"/api/v2.1/nope", "text/html")
		}
	})
	table.figure("  overview while 200 requests a second come", visitOften(t, server, "", visits), "ms", "< 50")
	end()
	busy.Wait()
	_, _ = server.stop()
}

// visitOften gives the median of how long a page takes, in milliseconds.
func visitOften(t *testing.T, server *process, page string, visits int) float64 {
	t.Helper()
	var took []float64
	for range visits {
		began := time.Now()
		if err := consolePage(t.Context(), server, page, "text/html"); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(began).Seconds()*1000)
	}
	return median(took)
}

func consolePage(ctx context.Context, server *process, page, accept string) error {
	return fetch(ctx, server.base+uiPath+"/tenants/bench/"+page, accept)
}

// fetch reads what stands at an address, to its end.
func fetch(ctx context.Context, address, accept string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", accept)
	r.Header.Set("X-Tenant-ID", "bench")
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if _, err := io.Copy(io.Discard, reply.Body); err != nil || accept != "text/html" || reply.StatusCode < 300 || reply.StatusCode == http.StatusNotFound {
		return err
	}
	return fmt.Errorf("%s gives %d", address, reply.StatusCode)
}
