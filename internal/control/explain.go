package control

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/explain"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/spec"
)

// explanationView is everything that can be said of a call.
type explanationView struct {
	Tenant        string             `json:"tenant"`
	Request       *explainedRequest  `json:"request,omitempty"`
	Operation     *rest.Suggestion   `json:"operation,omitempty"`
	Customer      *explainedCustomer `json:"customer,omitempty"`
	Possible      *bool              `json:"possible,omitempty"`
	Prerequisites []prerequisiteView `json:"prerequisites"`
	Refusal       *refusalView       `json:"refusal,omitempty"`
	Nearest       *rest.Suggestion   `json:"nearest,omitempty"`
	Documented    *documentedView    `json:"documented,omitempty"`
}

type explainedCustomer struct {
	ID    string        `json:"id"`
	Type  string        `json:"type"`
	State machine.State `json:"state"`
}

// prerequisiteView is a need of a table, as it stands.
type prerequisiteView struct {
	Name     string             `json:"name"`
	Met      bool               `json:"met"`
	Blocking bool               `json:"blocking"`
	State    string             `json:"state,omitempty"`
	Refusal  string             `json:"refusal,omitempty"`
	Details  string             `json:"details,omitempty"`
	Calls    []rest.Suggestion  `json:"calls"`
	Reason   string             `json:"reason,omitempty"`
	Parts    []prerequisiteView `json:"parts,omitempty"`
}

// refusalView is what the closed list says of a refusal, and what meets it.
type refusalView struct {
	Code    string            `json:"code"`
	Status  int               `json:"status"`
	Message string            `json:"message"`
	Hint    string            `json:"hint"`
	Calls   []rest.Suggestion `json:"calls"`
	// Together tells that all calls that change something are needed; else any one is.
	Together bool   `json:"together,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

type documentedView struct {
	spec.Documented
	Instead *rest.Suggestion `json:"instead,omitempty"`
}

// explainCall tells what stands in the way of a call: of an operation by its id or by
// method and path, for the customer whom these name; of a refusal by its code; of a
// request of the journal by its number; and of a path that nothing serves what is nearest to it, and whether FinHub documents it.
// The tenant can stand in the query, so that the path in a refusal's header can be
// opened as it is.
func (a *API) explainCall(c *rest.Call) (rest.Reply, error) {
	caller := operator(c)
	caller.Tenant = cmp.Or(c.Query("tenant"), caller.Tenant)
	if err := a.world.Admit(caller.Tenant); err != nil {
		return rest.Reply{}, err
	}
	q, request, err := a.aboutRequest(c, caller.Tenant, questionOf(c))
	if err != nil {
		return rest.Reply{}, err
	}
	return world.Show(c.Context(), a.world, caller, func(act *world.Act) (rest.Reply, error) {
		view, err := explained(c, act, q)
		if err != nil {
			return rest.Reply{}, err
		}
		view.Request = request
		return rest.Reply{Data: view}, nil
	})
}

// question is what is asked: about an operation, a path or a refusal.
type question struct {
	operation, method, path, refusal string
	customer, order                  string
	// done tells that it is about a request of which nothing was refused, so that
	// nothing was in its way.
	done bool
}

func questionOf(c *rest.Call) question {
	return question{
		operation: c.Query("operation"), method: c.Query("method"), path: c.Query("path"), refusal: c.Query("refusal"),
		customer: c.Query("customer"), order: c.Query("order"),
	}
}

func explained(c *rest.Call, act *world.Act, q question) (*explanationView, error) {
	view := &explanationView{Tenant: act.Tenant(), Prerequisites: []prerequisiteView{}}
	params := map[string]string{}
	in, err := askedCall(c, view, q)
	if err != nil {
		return nil, err
	}
	switch {
	case view.Operation == nil:
	case q.done:
		for _, n := range in.Names {
			params[n.Parameter] = n.Value
		}
		view.Operation.Path = c.Described(in.Operation).URL(params)
	default:
		out, err := explain.Explain(act, in)
		if err != nil {
			return nil, err
		}
		params = out.Params
		view.Operation.Path = c.Described(in.Operation).URL(params)
		view.stand(c, out)
	}
	return view, view.refuse(c, refusal.Code(q.refusal), params)
}

// askedCall reads about what a call is asked, and notes what can be said without the
// tenant.
func askedCall(c *rest.Call, view *explanationView, q question) (in explain.Asked, err error) {
	name := func(parameter, value string) {
		if value != "" {
			in.Names = append(in.Names, government.Named{Parameter: parameter, Value: machine.CanonicalID(value)})
		}
	}
	if q.operation == "" && q.path == "" && q.refusal == "" {
		return in, refusal.Invalid([]refusal.Fault{{Field: "operation", Message: "is needed, or a path, the code of a refusal, or the number of a request"}})
	}
	o := c.Described(q.operation)
	if o == nil && q.operation != "" {
		return in, refusal.Invalid([]refusal.Fault{{Field: "operation", Message: q.operation + " is no operation of the documents"}})
	}
	if q.path != "" {
		path, _, _ := strings.Cut(q.path, "?")
		method := cmp.Or(q.method, http.MethodGet)
		if o != nil {
			method = o.Method
		}
		found, values := c.Match(method, path)
		if found == nil && o == nil {
			return in, view.unserved(c, method, path)
		}
		if o == nil {
			o = found
		}
		if o == found {
			for parameter, value := range values {
				name(parameter, value)
			}
		}
	}
	name("customerId", q.customer)
	name("orderId", q.order)
	if o == nil {
		return in, nil
	}
	in.Operation, in.Reads = o.ID, o.Method == http.MethodGet || o.Looks
	in.OnAccount = strings.Contains(o.Path, "{accountId}") || strings.Contains(o.Path, "{walletId}")
	view.Operation = &rest.Suggestion{Operation: o.ID, Method: o.Method, Path: o.Path, Why: o.Summary}
	return in, nil
}

// stand shows how the needs of an operation stand for the customer.
func (v *explanationView) stand(c *rest.Call, out explain.Explanation) {
	if out.Customer == nil {
		return
	}
	v.Customer = &explainedCustomer{out.Customer.ID, string(out.Customer.Type), out.Customer.State}
	possible := out.Refused == nil
	v.Possible = &possible
	v.Prerequisites = prerequisites(c, out.Needs)
	var e *refusal.Error
	if errors.As(out.Refused, &e) && !names(out.Needs, e.Code) {
		// The state itself is in the way, such as one that is final.
		v.Prerequisites = append([]prerequisiteView{viewUnmet(c, "state", e)}, v.Prerequisites...)
	}
}

// names reports whether an unmet need refuses with a code.
func names(list []machine.Standing, code refusal.Code) bool {
	return slices.ContainsFunc(list, func(s machine.Standing) bool { return s.Refusal != nil && s.Refusal.Code == code })
}

func prerequisites(c *rest.Call, list []machine.Standing) []prerequisiteView {
	views := []prerequisiteView{}
	for _, s := range list {
		view := prerequisiteView{Name: s.Name, Calls: []rest.Suggestion{}}
		if s.Refusal != nil {
			view = viewUnmet(c, s.Name, s.Refusal)
		}
		view.Met, view.Blocking, view.State = s.Met, s.Binding == machine.Blocks, cmp.Or(s.State, view.State)
		if len(s.Parts) > 0 {
			view.Parts = prerequisites(c, s.Parts)
		}
		views = append(views, view)
	}
	return views
}

func viewUnmet(c *rest.Call, name string, e *refusal.Error) prerequisiteView {
	view := prerequisiteView{Name: name, Blocking: true, Refusal: string(e.Code), Details: cmp.Or(e.Details, e.Text()), Calls: []rest.Suggestion{}}
	for _, call := range e.Next {
		if s, ok := c.Suggestion(call); ok {
			view.Calls = append(view.Calls, s)
		}
	}
	if len(view.Calls) == 0 {
		view.Reason = refusal.Define(e.Code).Hint
	}
	return view
}

// refuse shows what the list says of a code, with the calls that meet it: those of the
// unmet needs that give it, or else, where these only look at something, those of the list.
func (v *explanationView) refuse(c *rest.Call, code refusal.Code, params map[string]string) error {
	if code == "" {
		return nil
	}
	d := refusal.Define(code)
	if d.Hint == "" {
		return refusal.Invalid([]refusal.Fault{{Field: "refusal", Message: string(code) + " is no refusal of the list"}})
	}
	remedy := refusal.RemedyOf(code)
	v.Refusal = &refusalView{Code: string(code), Status: rest.Status(code), Message: d.Message, Hint: d.Hint, Calls: []rest.Suggestion{}, Reason: remedy.Reason}
	for _, p := range v.Prerequisites {
		if p.Refusal == string(code) && !p.Met {
			v.Refusal.name(p)
		}
	}
	if slices.ContainsFunc(v.Refusal.Calls, changes) {
		return nil
	}
	for _, id := range remedy.Calls {
		if s, ok := c.Suggestion(refusal.Call{Operation: id, Params: params, Why: c.Described(id).Summary}); ok && v.fits(id) {
			v.Refusal.name(prerequisiteView{Calls: []rest.Suggestion{s}})
		}
	}
	return nil
}

func changes(s rest.Suggestion) bool { return s.Method != http.MethodGet }

// name adds the calls that meet a need, each once. A need with several unmet parts needs
// all of its calls.
func (v *refusalView) name(p prerequisiteView) {
	unmet := 0
	for _, part := range p.Parts {
		if !part.Met {
			unmet++
		}
	}
	v.Together = v.Together || unmet > 1
	for _, s := range p.Calls {
		if !slices.ContainsFunc(v.Calls, func(known rest.Suggestion) bool { return known.Operation == s.Operation && known.Path == s.Path }) {
			v.Calls = append(v.Calls, s)
		}
	}
}

// fits leaves out operations of the other kind of customer.
func (v *explanationView) fits(operation string) bool {
	other := "Organization"
	switch {
	case v.Customer == nil:
		return true
	case v.Customer.Type == "ORGANIZATION":
		other = "Individual"
	}
	return !strings.Contains(operation, other)
}

// unserved says of a path that nothing serves what is nearest, and whether FinHub
// documents it.
func (v *explanationView) unserved(c *rest.Call, method, path string) error {
	if near := c.Nearest(method, path); near != nil {
		v.Nearest = &rest.Suggestion{Operation: near.ID, Method: near.Method, Path: near.Path, Why: near.Summary}
	}
	list, err := spec.DocumentedOperations()
	for _, d := range list {
		if d.Matches(c.WithoutBase(path)) && (v.Documented == nil || d.Method == method) {
			v.Documented = &documentedView{Documented: d}
			if s, ok := c.Suggestion(refusal.Call{Operation: d.Instead, Why: "does the same or comes nearest"}); ok {
				v.Documented.Instead = &s
			}
		}
	}
	return err
}
