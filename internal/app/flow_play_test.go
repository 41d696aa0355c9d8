package app_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"finhub-sandbox/internal/golden"
	"finhub-sandbox/internal/sandbox/sessions"
)

// flowPlay is one flow being played, with everything that has been kept.
type flowPlay struct {
	dir    string
	server *flowServer
	tenant string
	flow   *flow
	kept   map[string]any
	// passed are the values that the flow was begun with; its own beginnings
	// get them too.
	passed map[string]string
	// shared is what a flow and its beginnings have in common.
	shared *flowShared
}

type flowShared struct {
	clock string
	// repeats says that what a fault has spoilt is sent again.
	repeats bool
	// seen is the number of the last event of each tenant that was used.
	seen map[string]int64
	// visits notes the states that things come into; nil notes none.
	visits *stateVisits
	// replies gathers what replies have; nil gathers nothing.
	replies *replyParity
	// receivers are those of webhooks, by their names.
	receivers map[string]*flowReceiver
	// transcript has every reply, in order.
	transcript []string
	// remedies follows what is done about refusals; nil does not.
	remedies *remedies
	// between is called behind every step; nil is nothing.
	between func(tenant string) error
}

// playFlow plays a flow with its beginnings, in a tenant of its own. The error
// says file, step, what was expected and what came.
func playFlow(server *flowServer, dir string, f *flow) error {
	p := newFlowPlay(server, dir, f)
	return p.play()
}

func newFlowPlay(server *flowServer, dir string, f *flow) *flowPlay {
	clock := f.Clock
	if clock == "" {
		clock = flowClock
	}
	return &flowPlay{
		dir: dir, server: server, tenant: strings.ReplaceAll(f.name, "/", "."), flow: f,
		shared: &flowShared{clock: clock, repeats: f.Repeats, seen: map[string]int64{}, receivers: map[string]*flowReceiver{}},
	}
}

func (p *flowPlay) play() error {
	defer p.shared.closeReceivers()
	return p.playAll()
}

// playAll plays the beginnings and the steps.
func (p *flowPlay) playAll() error {
	if err := p.playBeginnings(); err != nil {
		return err
	}
	for i := range p.flow.Steps {
		if err := p.playStep(i); err != nil {
			return err
		}
	}
	return nil
}

// playBeginnings does all that comes before the flow's own steps.
func (p *flowPlay) playBeginnings() error {
	if p.flow.Scenario != "" {
		if err := p.server.choose(p.tenant, p.flow.Scenario); err != nil {
			return err
		}
	}
	p.kept = map[string]any{"tenant": p.tenant}
	for name, value := range p.flow.Given {
		p.kept[name] = value
	}
	for name, value := range p.passed {
		p.kept[name] = value
	}
	p.openReceivers()
	for _, b := range p.flow.After {
		if err := p.begin(b); err != nil {
			return err
		}
	}
	return nil
}

func (p *flowPlay) playStep(i int) error {
	s := p.flow.Steps[i]
	if err := p.step(s); err != nil {
		return fmt.Errorf("%s/%s.yaml:%d: %s:\n  %w", p.dir, p.flow.name, s.line, s.Do, err)
	}
	if p.shared.between != nil {
		if err := p.shared.between(p.tenant); err != nil {
			return fmt.Errorf("%s/%s.yaml:%d: behind %s:\n  %w", p.dir, p.flow.name, s.line, s.Do, err)
		}
	}
	return nil
}

func (p *flowPlay) begin(b flowBeginning) error {
	f, err := readFlow(p.dir, b.Flow)
	if err != nil {
		return err
	}
	if unknown := f.unknown(p.dir, b.With); unknown != "" {
		return fmt.Errorf("%s/%s.yaml: %s is begun with %s, which neither it nor its beginnings are given", p.dir, p.flow.name, b.Flow, unknown)
	}
	passed := maps.Clone(p.passed)
	if passed == nil {
		passed = map[string]string{}
	}
	maps.Copy(passed, b.With)
	sub := &flowPlay{dir: p.dir, server: p.server, tenant: p.tenant, flow: f, passed: passed, shared: p.shared}
	if err := sub.playAll(); err != nil {
		return err
	}
	for name, value := range sub.kept {
		if b.As != "" {
			name = b.As + "." + name
		}
		if _, given := p.flow.Given[name]; !given && name != "tenant" {
			p.kept[name] = value
		}
	}
	return nil
}

// step does one step and checks everything that it says, and what it need not
// say: that a refusal or a look changes nothing.
func (p *flowPlay) step(s flowStep) error {
	tenant := p.tenant
	if s.Tenant != "" {
		tenant += "." + s.Tenant
	}
	if err := p.enter(tenant); err != nil {
		return err
	}
	if s.Advance != "" {
		s.Call, s.Status = "POST /_sandbox/clock/advance", http.StatusOK
		s.Body = &flowValue{map[string]any{"by": s.Advance}}
	}
	if err := p.prepare(s); err != nil {
		return err
	}
	before, err := p.look(tenant, s)
	if err != nil {
		return err
	}
	reply, err := p.call(tenant, s)
	if err != nil {
		return err
	}
	after, err := p.look(tenant, s)
	if err != nil {
		return err
	}
	stays := !s.Counts && (s.Status >= http.StatusBadRequest || s.Broken == brokenUndone || s.reads())
	if stays && before.state != after.state {
		return fmt.Errorf("%s %s changed the tenant's state:\n  %s", s.Call, reply, golden.Diff(before.state, after.state))
	}
	if s.Broken == brokenDone && before.state == after.state {
		return fmt.Errorf("%s %s changed nothing: the work is not done", s.Call, reply)
	}
	for i, at := range s.Unchanged {
		if before.replies[i] != after.replies[i] {
			return fmt.Errorf("GET %s is not unchanged:\n  before %s\n  after  %s", at, before.replies[i], after.replies[i])
		}
	}
	return errors.Join(p.keep(s, reply), p.events(tenant, s), p.received(s), p.server.helps(reply, after.state), p.server.explains(s, reply), p.shared.remedies.note(s, reply))
}

// enter stops the clock of a tenant that the flow has not used before.
func (p *flowPlay) enter(tenant string) error {
	if _, known := p.shared.seen[tenant]; known {
		return nil
	}
	p.shared.seen[tenant] = 0
	_, err := p.call(tenant, flowStep{
		Call: "POST /_sandbox/clock/freeze", Status: http.StatusOK, Body: &flowValue{map[string]any{"at": p.shared.clock}},
	})
	return err
}

// flowLook is what must not change.
type flowLook struct {
	state   string
	replies []string
}

func (p *flowPlay) look(tenant string, s flowStep) (look flowLook, err error) {
	for _, at := range s.Unchanged {
		reply, err := p.call(tenant, flowStep{Call: "GET " + at, As: "admin", Status: http.StatusOK})
		if err != nil {
			return look, err
		}
		look.replies = append(look.replies, reply.String())
	}
	look.state, err = p.state(tenant)
	p.shared.visits.note(look.state)
	return look, err
}

// call sends a step's request and holds the reply to the step and the document.
func (p *flowPlay) call(tenant string, s flowStep) (flowReply, error) {
	reply, err := p.send(tenant, s)
	for again := 0; err == nil && p.mustRepeat(s, reply); again++ {
		if again == maxRepeats {
			return reply, fmt.Errorf("%s came to nothing %d times; came last: %s", s.Call, again+1, reply)
		}
		reply, err = p.send(tenant, s)
	}
	if err != nil {
		return reply, err
	}
	return reply, errors.Join(p.server.checkFault(s, reply), p.compare(s, reply))
}

// send sends a step's request once.
func (p *flowPlay) send(tenant string, s flowStep) (flowReply, error) {
	method, path, _ := strings.Cut(s.Call, " ")
	path, err := fillText(path, p.kept)
	if err != nil {
		return flowReply{}, err
	}
	header, err := p.header(tenant, s)
	if err != nil {
		return flowReply{}, err
	}
	body, err := bodyOf(s, p.kept)
	if err != nil {
		return flowReply{}, err
	}
	before, err := p.state(tenant)
	if err != nil {
		return flowReply{}, err
	}
	reply, err := p.server.exchange(method, wholePath(path), header, body)
	if err != nil {
		return reply, err
	}
	p.shared.transcript = append(p.shared.transcript, fmt.Sprintf("%s\n%s\n%s, %s late", s.Call, reply.header, reply, reply.delay))
	p.shared.replies.note(p.server.documents, reply)
	after, err := p.state(tenant)
	reply.changed = before != after
	return reply, err
}

func (p *flowPlay) compare(s flowStep, reply flowReply) error {
	if s.Broken != "" {
		return nil
	}
	var found []string
	if reply.status != s.Status {
		found = append(found, fmt.Sprintf("status: expected %d, came %d", s.Status, reply.status))
	}
	for _, expected := range []struct {
		reply  *flowValue
		subset bool
	}{{s.Reply, true}, {s.Exactly, false}} {
		if expected.reply == nil {
			continue
		}
		want, err := fill(expected.reply.value, p.kept)
		if err != nil {
			return err
		}
		found = append(found, differences("", want, reply.value, expected.subset)...)
	}
	answered, err := p.answered(s, reply)
	if err != nil {
		return err
	}
	if found = append(found, answered...); len(found) > 0 {
		return fmt.Errorf("%s\n  came: %s", strings.Join(found, "\n  "), reply)
	}
	return nil
}

// header is the documented set of headers, with what the flow and the step put
// in their place. An empty value leaves a header out.
func (p *flowPlay) header(tenant string, s flowStep) (http.Header, error) {
	header := http.Header{}
	for name, value := range map[string]string{
		"X-Tenant-ID": tenant, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-From": "flows", "platform": "web", "deviceId": "flow-device",
	} {
		header.Set(name, value)
	}
	if s.Body != nil || s.Text != nil {
		header.Set("Content-Type", "application/json")
	}
	token, err := p.token(s)
	if err != nil {
		return nil, err
	}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	for _, more := range []map[string]string{p.flow.Headers, s.Headers} {
		for name, value := range more {
			if value == "" {
				header.Del(name)
				continue
			}
			filled, err := fillText(value, p.kept)
			if err != nil {
				return nil, err
			}
			header.Set(name, filled)
		}
	}
	return header, nil
}

// token is that of whoever makes the call.
func (p *flowPlay) token(s flowStep) (string, error) {
	as := s.As
	if as == "" {
		as = p.flow.As
	}
	switch as {
	case "", "admin":
		return sessions.TokenAdmin, nil
	case "power-tenant":
		return sessions.TokenPowerTenant, nil
	case "compliance":
		return sessions.TokenCompliance, nil
	case "nobody":
		return "", nil
	case "customer":
		as = "token"
	}
	return fillText("${"+as+"}", p.kept)
}

func (p *flowPlay) keep(s flowStep, reply flowReply) error {
	for name, at := range s.Keep {
		value, err := find(reply.value, at)
		if err != nil {
			return err
		}
		p.kept[name] = value
	}
	return nil
}

// events compares the types of the events that have happened since the last
// step with those that the step expects, if it says.
func (p *flowPlay) events(tenant string, s flowStep) error {
	happened, err := p.server.events(tenant, p.shared.seen[tenant])
	if err != nil {
		return err
	}
	kinds := []string{}
	for _, e := range happened {
		kinds = append(kinds, e.Type)
		p.shared.seen[tenant] = e.Seq
	}
	if s.Events != nil && !slices.Equal(kinds, *s.Events) {
		return fmt.Errorf("events: expected %v, came %v", *s.Events, kinds)
	}
	return nil
}
