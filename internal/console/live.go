package console

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"
)

const (
	eventStream = "text/event-stream"
	// pause is how long a page stays as it is at least: people see no more changes in a
	// second than there can be then, and browsers have time for something else.
	pause = 150 * time.Millisecond
	// beat is how long nothing is sent at most, so that it is noticed that nobody reads.
	beat = 15 * time.Second
	// maxWatching bounds the pages that are kept up to date at once.
	maxWatching = 128
)

// keep sends a page's block live, and again when it has become another. What a block
// shows is the state, not how it came about: nobody can fall behind.
func (s *Console) keep(w http.ResponseWriter, v *visit, p page) {
	if s.watching.Add(1) > maxWatching {
		s.watching.Add(-1)
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer s.watching.Add(-1)
	ctx, end := context.WithCancel(v.context())
	defer end()
	happened := s.watch(ctx, v.tenant)
	w.Header().Set("Content-Type", eventStream)
	w.WriteHeader(http.StatusOK)
	var sent []byte
	for {
		text, err := s.liveBlock(v, p)
		if err != nil {
			return // The tenant has gone, or what the page is about: whoever loads it again is told so.
		}
		if !bytes.Equal(text, sent) {
			sent = text
			if !send(ctx, w, text) {
				return
			}
		}
		if s.Wait(ctx, pause) != nil {
			return
		}
		for waiting := true; waiting; {
			idle, stop := context.WithTimeout(ctx, beat)
			select {
			case <-happened:
				waiting = false
			case <-idle.Done():
			}
			stop()
			if ctx.Err() != nil || waiting && !send(ctx, w, nil) {
				return
			}
		}
	}
}

func (s *Console) liveBlock(v *visit, p page) ([]byte, error) {
	title, data, err := p.make(v)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = s.templates()[p.file].ExecuteTemplate(&text, "live", s.frame(v, title, p.section, data))
	return text.Bytes(), err
}

// send sends a block as an event, or nothing but that there still is somebody.
func send(ctx context.Context, w http.ResponseWriter, block []byte) bool {
	text := ":\n\n"
	if block != nil {
		text = "data: " + strings.ReplaceAll(string(block), "\n", "\ndata: ") + "\n\n"
	}
	flow := http.NewResponseController(w)
	patient, stop := context.WithTimeout(ctx, beat)
	defer stop()
	// A reader who does not read is not waited for; one without a deadline is in this process.
	defer context.AfterFunc(patient, func() { _ = flow.SetWriteDeadline(time.Unix(1, 0)) })()
	_, err := w.Write([]byte(text))
	return err == nil && flow.Flush() == nil
}

// watch tells when something has happened in a tenant: a commit, or a request that the
// journal has. What happens while nobody looks is told once.
func (s *Console) watch(ctx context.Context, tenant string) <-chan struct{} {
	happened := make(chan struct{}, 1)
	tell := func() {
		select {
		case happened <- struct{}{}:
		default:
		}
	}
	go func() {
		// It ends with the context.
		_ = s.World.Engine().Await(ctx, tenant, func() (bool, error) { tell(); return false, nil })
	}()
	if s.Journal != nil {
		next := s.Journal.Next(tenant)
		go func() {
			for ctx.Err() == nil {
				select {
				case <-next:
					next = s.Journal.Next(tenant)
					tell()
					_ = s.Wait(ctx, pause) // It ends with the context.
				case <-ctx.Done():
				}
			}
		}()
	}
	return happened
}
