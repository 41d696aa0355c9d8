// Package rest owns HTTP: it mounts a handler for every operation of a
// document, finds out who calls, holds requests to the document, and words the
// answers. It must not know any operation by name, nor any rule of the product.
package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
)

// Config is how a server treats every request.
type Config struct {
	Log *slog.Logger
	// Identify finds out who holds a bearer token in a tenant. It refuses a
	// token that does not hold, and a tenant that may not be used. lapsed says
	// that an expired token of an open session will do.
	Identify func(tenant, token string, lapsed bool) (access.Caller, error)
	// Relaxed tells whether a tenant's header policy is the relaxed one.
	Relaxed func(tenant string) bool
	// Keyless tells whether a tenant's logins may leave out the tenant's key.
	Keyless func(tenant string) bool
	// Admit refuses a tenant that may not be used.
	Admit func(tenant string) error
	// Now measures how long a request took, for the log.
	Now func() time.Time
	// CheckReplies holds every reply to the document; a reply that breaks it is
	// an internal error. Tests and --check-responses ask for it.
	CheckReplies bool
	// Past refuses a date that does not lie in the past of a tenant's clock.
	Past func(tenant, date string) error
	// Disturb tells what goes wrong with a request of the product that is about to
	// be answered: a fault at the edge, an error in place of the operation, or
	// both. It names the scenario that governs the request in the call. Nil
	// disturbs nothing. What a handler finds out itself stands in Reply.Fault.
	Disturb func(*Call) (*Fault, error)
	// Wait waits in real time, and gives an error if the context ends before. Nil
	// does not wait.
	Wait func(context.Context, time.Duration) error
	// Product and Control are the two documents: what one API says may name a call
	// of the other, as where moving the clock is what helps.
	Product, Control *contract.Document
	// Guard stands before the operations of the control API.
	Guard Guard
}

// Server routes requests to the APIs mounted on it.
type Server struct {
	Config
	echo     *echo.Echo
	apis     []*api
	places   []place
	requests atomic.Int64
	// sendable names the headers that the documents know, for pages that ask what
	// they may send.
	sendable string
}

// api is one mounted document.
type api struct {
	document *contract.Document
	// documents are those that a reply may name calls of, its own first.
	documents []*contract.Document
	style     Style
	// open APIs need no token, and their tenant may be left out.
	open bool
}

// maxBody is the size of a request body whose operation states none.
const maxBody = 1 << 20

// DefaultTenant is the tenant of a control request that names none.
const DefaultTenant = "sandbox"

// New makes a server without any API.
func New(c Config) *Server {
	s := &Server{Config: c, echo: echo.New(), sendable: "Authorization, Content-Type, X-Request-Id"}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.unrouted
	s.echo.Pre(gate)
	return s
}

// Mount mounts the handlers of a document's operations, by operationId. Every
// operation must have exactly one handler, and every handler an operation.
func (s *Server) Mount(d *contract.Document, style Style, handlers map[string]Handler) error {
	_, open := style.(Plain)
	a := &api{document: d, documents: []*contract.Document{d, s.Product, s.Control}, style: style, open: open}
	var faults []error
	for _, o := range d.Operations {
		h, ok := handlers[o.ID]
		if !ok {
			faults = append(faults, fmt.Errorf("nothing handles operation %s", o.ID))
			continue
		}
		for _, code := range o.Refusals {
			if _, ok := statuses[refusal.Code(code)]; !ok {
				faults = append(faults, fmt.Errorf("operation %s: refusal %s has no status", o.ID, code))
			}
		}
		for _, header := range o.Headers {
			for _, name := range append([]string{header.Name}, header.Aliases...) {
				s.share(name)
			}
		}
		s.add(o.Method, echoPath(o.Path), s.serve(a, o, h))
	}
	for id := range handlers {
		if d.Operation(id) == nil {
			faults = append(faults, fmt.Errorf("handler %s has no operation in the document", id))
		}
	}
	s.apis = append(s.apis, a)
	return errors.Join(faults...)
}

func echoPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// serve is the way of one request, step by step.
func (s *Server) serve(a *api, o *contract.Operation, h Handler) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		start := s.Now()
		call := &Call{Operation: o, Header: c.Request().Header, request: c.Request(), path: pathParam(c), query: c.QueryParams(), documents: a.documents}
		reply, refused := s.handle(a, call, c.Request(), h)
		if call.Scenario != "" {
			c.Response().Header().Set(ScenarioHeader, call.Scenario)
		}
		if call.Notice != "" {
			c.Response().Header().Set(NoticeHeader, call.Notice)
		}
		status := 0
		// A fault may end the request by a panic; the log has it all the same.
		defer func() { s.logRequest(c, call, status, start) }()
		nameField(call, refused)
		answer := func() (int, error) { return s.answer(a, c, o, reply, refused) }
		if call.fault != nil {
			status, err = s.disturbed(c, call.fault, answer)
		} else {
			status, err = answer()
		}
		return err
	}
}

// ScenarioHeader names, in a registration, the scenario that is to govern the
// customer, and in replies the one that governs the customer whom the request
// concerned.
const ScenarioHeader = "X-Sandbox-Scenario"

// NoticeHeader says in replies that something of the request has no effect that was
// probably meant to have one.
const NoticeHeader = "X-Sandbox-Notice"

func (s *Server) handle(a *api, call *Call, r *http.Request, h Handler) (reply Reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := s.Guard.check(a, call.Operation, r); err != nil {
		return Reply{}, err
	}
	if err := s.identify(a, call); err != nil {
		return Reply{}, err
	}
	faults := paramFaults(call)
	body, err := readBody(call, r)
	if err != nil {
		return Reply{}, err
	}
	bodyFaults, nearest, err := s.checkBody(call, body)
	if err != nil {
		return Reply{}, err
	}
	if faults = append(faults, bodyFaults...); len(faults) > 0 {
		return Reply{}, refusal.InvalidAs(nearest, faults)
	}
	if !a.open && s.Disturb != nil {
		if call.fault, err = s.Disturb(call); err != nil || call.fault.answersItself() {
			return Reply{}, err
		}
	}
	if reply, err = h(call); reply.Fault != nil {
		call.fault = reply.Fault
	}
	return reply, err
}

func paramFaults(call *Call) []refusal.Fault {
	var faults []refusal.Fault
	for _, v := range call.Operation.CheckParams(func(in, name string) (string, bool) {
		if in == "path" {
			return call.Path(name), true
		}
		return call.Query(name), call.query.Has(name)
	}) {
		faults = append(faults, refusal.Fault{Field: v.In + "." + v.Field, Message: v.Message})
	}
	return faults
}

func (s *Server) checkBody(call *Call, text []byte) (faults []refusal.Fault, nearest string, err error) {
	if len(text) == 0 {
		if call.Operation.BodyRequired && call.Text == nil {
			faults = []refusal.Fault{{Field: "body", Message: "is required"}}
		}
		return faults, "", nil
	}
	plain, err := checkBounds(text, call.Operation.MaxBody > 0)
	if err != nil {
		return nil, "", err
	}
	sent := contract.Sent{Path: call.Path}
	if !plain {
		if sent.Numbers, faults = oddNumbers(text); len(faults) > 0 {
			return faults, "", nil
		}
	}
	value, err := decode(text)
	if err != nil {
		return nil, "", err
	}
	if faults = tidy(text, value); len(faults) > 0 {
		return faults, "", nil
	}
	nearest, violations := call.Operation.CheckBody(value, sent)
	if len(violations) > 0 && call.Operation.FitsRelaxed(value, sent) && s.Keyless(call.Tenant) {
		violations = nil
	}
	if len(violations) == 0 {
		violations = slices.Concat(call.Operation.CheckRepeats(value, call.Path), call.Operation.CheckSame(value), call.Operation.CheckSizes(value))
	}
	for _, v := range violations {
		faults = append(faults, refusal.Fault{Field: v.Field, Pointer: v.Pointer, Message: v.Message})
	}
	if len(faults) == 0 {
		for _, d := range call.Operation.PastDates(value) {
			if err := s.Past(call.Tenant, d.Text); err != nil {
				faults = append(faults, refusal.Fault{Field: d.Field(), Pointer: d.Pointer, Message: err.Error()})
			}
		}
	}
	call.Body, _ = value.(map[string]any)
	if list, ok := value.([]any); ok {
		call.List = objects(list)
	}
	if len(faults) == 0 {
		nearest = ""
	}
	return faults, nearest, nil
}

// answer words the reply or the refusal and sends it.
func (s *Server) answer(a *api, c echo.Context, o *contract.Operation, reply Reply, err error) (int, error) {
	if err == nil && reply.Asset != nil {
		return reply.Asset.send(c)
	}
	if err == nil && reply.Status == http.StatusNoContent {
		return reply.Status, c.NoContent(reply.Status)
	}
	if err == nil {
		if reply.Status == 0 {
			reply.Status = http.StatusOK
		}
		text, err := s.write(c, reply.Status, a.style.success(reply))
		s.checkReply(c, o, reply.Status, text)
		return reply.Status, err
	}
	e := asRefusal(err)
	if e.Code == refusal.Internal || e.Code == refusal.DataUnwritable {
		s.Log.Error("request failed", "request", requestID(c), "operation", o.ID, "error", err)
	}
	status, text, err := s.refuse(a, c, e)
	s.checkReply(c, o, status, text)
	return status, err
}

// refuse words a refusal and sends it.
func (s *Server) refuse(a *api, c echo.Context, e *refusal.Error) (status int, text []byte, err error) {
	for name, value := range e.Data {
		e.Data[name] = worded(a.document, value)
	}
	status = a.style.Status(e.Code)
	switch {
	case status == http.StatusUnauthorized:
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, challenge(e.Code))
	case e.Code == refusal.RateLimited, e.Code == refusal.DataUnwritable:
		c.Response().Header().Set(echo.HeaderRetryAfter, "1")
	}
	text, err = s.write(c, status, a.style.refusal(status, e, suggestions(e, a.documents...)))
	return status, text, err
}

// challenge says how a caller who is not known can become so.
func challenge(code refusal.Code) string {
	switch code {
	case refusal.TokenInvalid, refusal.TokenExpired, refusal.SessionEnded:
		return `Bearer realm="finhub-sandbox", error="invalid_token"`
	}
	return `Bearer realm="finhub-sandbox"`
}

func (s *Server) checkReply(c echo.Context, o *contract.Operation, status int, text []byte) {
	if !s.CheckReplies {
		return
	}
	if err := o.CheckResponse(status, c.Response().Header().Get("Content-Type"), text); err != nil {
		s.Log.Error("reply breaks the document", "request", requestID(c), "error", err)
	}
}

func (s *Server) logRequest(c echo.Context, call *Call, status int, start time.Time) {
	level := slog.LevelInfo
	if call.Notice != "" {
		level = slog.LevelWarn
	}
	if !s.Log.Enabled(c.Request().Context(), level) {
		return
	}
	attributes := []any{
		"request", requestID(c), "operation", call.Operation.ID, "tenant", call.Tenant, "status", status, "took", s.Now().Sub(start),
	}
	if call.fault != nil {
		attributes = append(attributes, "scenario", call.Scenario, "fault", call.fault.Kind)
		call.Rules = append(call.Rules, call.fault.Rule)
	}
	if text := wordRules(call.Rules); text != "" {
		attributes = append(attributes, "rules", text)
	}
	if call.Notice != "" {
		attributes = append(attributes, "notice", call.Notice)
	}
	s.Log.Log(c.Request().Context(), level, "request", attributes...)
}

// wordRules names rules in one line, without those that have no name.
func wordRules(rules []Rule) string {
	var names []string
	for _, r := range rules {
		if r != (Rule{}) {
			names = append(names, r.String())
		}
	}
	return strings.Join(names, ", ")
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// requestNumber names a request in the log. A client's own id is kept.
func (s *Server) requestNumber(own string) string {
	if own != "" && len(own) <= 64 {
		return own
	}
	return "req-" + strconv.FormatInt(s.requests.Add(1), 10)
}
