package recording

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/rest"
)

// Config is what a recorder stands on.
type Config struct {
	Version string
	Secrets journal.Secrets
	// Places are those of a state that have secrets, and Digest gives what a state has of a
	// user's password.
	Places []string
	Digest func(seed, user, password string) string
	// Signed reports whether the sandbox has signed a token, and Plain are the tokens that
	// are no secrets.
	Signed func(token string) bool
	Plain  []string
	// Now is the real time, and Key gives something that nobody knows.
	Now func() time.Time
	Key func() string
	// Export writes the state of a tenant.
	Export func(ctx context.Context, tenant string, to io.Writer) error
	// Server tells what the sandbox is like; the secrets in it are as they are.
	Server func() Server
}

// Recorder records the runs of the tenants for whom somebody asks for that, and of no
// others. While a tenant is recorded, its requests act one after another.
type Recorder struct {
	Config
	// active counts the tenants that are recorded: most of the time there are none.
	active atomic.Int64
	mu     sync.Mutex
	runs   map[string]*run
}

// maxRuns is how many tenants can be recorded at once: what they have is in memory.
const maxRuns = 8

// New makes a recorder, which records nothing yet.
func New(c Config) *Recorder { return &Recorder{Config: c, runs: map[string]*run{}} }

// Summary says how far a recording is.
type Summary struct {
	Tenant string    `json:"tenant"`
	Began  time.Time `json:"began"`
	// Requests and Bytes are what has been kept.
	Requests int `json:"requests"`
	Bytes    int `json:"bytes"`
	MaxBytes int `json:"maxBytes"`
	// Incomplete says why the file may not play as it was; none if it is complete.
	Incomplete []string `json:"incomplete"`
}

// Recorded tells what is kept of a tenant, and whether it is recorded at all.
func (r *Recorder) Recorded(tenant string) (s Summary, ok bool) {
	run := r.find(tenant)
	if run == nil {
		return s, false
	}
	return run.summary(), true
}

// Start records a tenant from now on, in place of what was recorded of it. It refuses with
// REQUEST_INVALID a tenant with more than a recording may have, and one tenant too many.
func (r *Recorder) Start(ctx context.Context, tenant string) (Summary, error) {
	run := newRun(r, tenant)
	<-run.turn // Whoever comes waits until the state is kept.
	defer func() { run.turn <- struct{}{} }()
	if err := r.add(run); err != nil {
		return Summary{}, err
	}
	state := &bounded{room: MaxBytes}
	if err := r.Export(ctx, tenant, state); err != nil {
		r.remove(run)
		if state.room < 0 {
			return Summary{}, tooMuch("the tenant's state alone has more than %d bytes, the most that a recording can have", MaxBytes)
		}
		return Summary{}, err
	}
	run.mu.Lock()
	run.state, run.bytes = state.Bytes(), state.Len()
	run.mu.Unlock()
	return run.summary(), nil
}

func tooMuch(message string, n int) error {
	return refusal.Invalid([]refusal.Fault{{Field: "header.X-Tenant-ID", Message: fmt.Sprintf(message, n)}})
}

// bounded takes in so many bytes and no more.
type bounded struct {
	bytes.Buffer
	room int
}

var errFull = errors.New("recording: more than there is room for")

// Write implements io.Writer.
func (b *bounded) Write(piece []byte) (int, error) {
	if b.room -= len(piece); b.room < 0 {
		return 0, errFull
	}
	return b.Buffer.Write(piece)
}

func (r *Recorder) add(run *run) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.runs[run.tenant]
	if before == nil && len(r.runs) >= maxRuns {
		return tooMuch("%d tenants are recorded, as many as can be at once: stop the recording of another", maxRuns)
	}
	if before != nil {
		before.end()
	} else {
		r.active.Add(1)
	}
	r.runs[run.tenant] = run
	return nil
}

func (r *Recorder) remove(run *run) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run.end()
	if r.runs[run.tenant] == run {
		delete(r.runs, run.tenant)
		r.active.Add(-1)
	}
}

func (r *Recorder) find(tenant string) *run {
	if r.active.Load() == 0 {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.runs[cmp.Or(tenant, rest.DefaultTenant)]
}

func (r *Recorder) recorded(tenant string) (*run, error) {
	if run := r.find(tenant); run != nil {
		return run, nil
	}
	return nil, refusal.New(refusal.RecordingNotFound, "the tenant %s is not recorded", tenant)
}

// Stop forgets what was recorded of a tenant. It refuses with RECORDING_NOT_FOUND.
func (r *Recorder) Stop(tenant string) (Summary, error) {
	run, err := r.recorded(tenant)
	if err != nil {
		return Summary{}, err
	}
	r.remove(run)
	return run.summary(), nil
}

// File gives what was recorded of a tenant so far. It refuses with RECORDING_NOT_FOUND.
func (r *Recorder) File(tenant string) ([]byte, error) {
	run, err := r.recorded(tenant)
	if err != nil {
		return nil, err
	}
	return run.file()
}

// Note says of a tenant's recording why it may not play as it was.
func (r *Recorder) Note(tenant, why string) {
	if run := r.find(tenant); run != nil {
		run.mu.Lock()
		defer run.mu.Unlock()
		run.note(why)
	}
}

// NoteOlder is Note for something that was made before the recording began.
func (r *Recorder) NoteOlder(tenant string, made time.Time, why string) {
	if run := r.find(tenant); run != nil && !made.IsZero() && made.Before(run.began.Truncate(time.Millisecond)) {
		r.Note(tenant, why)
	}
}

// NoteAll is Note for every tenant.
func (r *Recorder) NoteAll(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.runs {
		run.mu.Lock()
		run.note(why)
		run.mu.Unlock()
	}
}

// WallOf is the real time by which a tenant goes: as long as one of its requests acts,
// that at which it began to.
func (r *Recorder) WallOf(tenant string) time.Time {
	if run := r.find(tenant); run != nil {
		return run.wall()
	}
	return r.Now()
}

// run is the recording of one tenant.
type run struct {
	recorder *Recorder
	tenant   string
	began    time.Time
	// turn has something in it while nobody acts, and over is closed when the recording is.
	turn chan struct{}
	over chan struct{}
	once sync.Once

	mu sync.Mutex
	// now is the real time by which the tenant goes while somebody acts, and last is the
	// latest that anybody has seen.
	now, last time.Time
	// numbered counts the requests, also those that are not kept, and bytes are those of
	// the steps and of the state.
	numbered int
	steps    []*Step
	bytes    int
	// full tells that nothing more is kept.
	full       bool
	incomplete []string
	state      []byte
	disguise   *disguise
	rewriter   *journal.Rewriter
}

func newRun(r *Recorder, tenant string) *run {
	run := &run{recorder: r, tenant: tenant, began: r.Now(), turn: make(chan struct{}, 1), over: make(chan struct{}), incomplete: []string{}}
	run.turn <- struct{}{}
	run.last = run.began
	run.disguise = newDisguise(r.Key(), r.Signed, r.Plain)
	run.rewriter = journal.NewRewriter(r.Secrets)
	run.rewriter.Value, run.rewriter.Text = run.disguise.value, run.disguise.text
	return run
}

// end lets those go who wait for their turn.
func (r *run) end() { r.once.Do(func() { close(r.over) }) }

// maxNotes bounds what is said of why a recording is not complete.
const maxNotes = 20

func (r *run) note(why string) {
	if !slices.Contains(r.incomplete, why) && len(r.incomplete) < maxNotes {
		r.incomplete = append(r.incomplete, why)
	}
}

func (r *run) wall() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.now.IsZero() {
		return r.now
	}
	r.last = latest(r.last, r.recorder.Now())
	return r.last
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (r *run) summary() Summary {
	r.mu.Lock()
	defer r.mu.Unlock()
	requests := (&File{Steps: r.steps}).Requests()
	return Summary{r.tenant, r.began.UTC(), requests, r.bytes, MaxBytes, slices.Clone(r.incomplete)}
}

// file puts the bug file together.
func (r *run) file() ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := &File{
		Format: Format, Version: r.recorder.Version, Tenant: r.tenant, Began: r.began.UTC(), Incomplete: slices.Clone(r.incomplete),
		Server: r.recorder.Server(), Steps: r.answered(), Tokens: r.disguise.tokens,
	}
	if len(f.Steps) < len(r.steps) {
		f.Incomplete = append(f.Incomplete, "a request that was still being answered is not in it")
	}
	f.Server.TenantKey, f.Server.TenantSecret = r.disguise.text(f.Server.TenantKey), r.disguise.text(f.Server.TenantSecret)
	f.Server.ControlToken = r.disguise.text(f.Server.ControlToken)
	var err error
	if f.State, err = r.stateRewriter().rewrite(r.state); err != nil {
		return nil, err
	}
	return f.Write()
}

// answered gives the steps without those of requests that are still being answered: they
// have no reply yet to which anything could be held.
func (r *run) answered() []*Step {
	waiting := map[int]bool{}
	for _, s := range r.steps {
		waiting[s.Number] = s.Number > 0 && s.Request == nil
	}
	return slices.DeleteFunc(slices.Clone(r.steps), func(s *Step) bool { return waiting[s.Number] || waiting[s.GoesOn] })
}

func (r *run) stateRewriter() *stateRewriter {
	return &stateRewriter{d: r.disguise, places: r.recorder.Places, secret: r.rewriter.Secret, digest: r.recorder.Digest}
}
