package setting

import (
	"maps"
	"time"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
)

// Form is what the values of a setting are, and where they stand in Settings.
type Form interface {
	// complete takes the value of other over where s has none.
	complete(s, other *Settings)
	// show puts the value, if there is one, into what people see of a scenario.
	show(s *Settings, name string, view map[string]any)
}

// wire is a form of which tenants can have values of their own.
type wire interface {
	// take takes a value over from the members of a request, if it is there.
	take(s *Settings, name string, sent func(member string) any)
	// tell puts the value, or that there is none, into a reply.
	tell(s *Settings, name string, reply map[string]any)
}

// The forms.
type (
	// Text is any text.
	Text struct{ At func(*Settings) *string }
	// Word is one of several words.
	Word struct {
		Text
		Words []string
	}
	// Secret is a text that is told to nobody; scenarios, which everybody reads, have
	// none.
	Secret struct{ Text }
	// Delay is a length of time.
	Delay struct{ At func(*Settings) *Seconds }
	// Delays are lengths of time, one after the other.
	Delays struct {
		At func(*Settings) *[]delivery.Span
	}
	// Number lies between two bounds, which belong to it.
	Number struct {
		At          func(*Settings) **float64
		Least, Most float64
	}
	// Amount is money in minor units.
	Amount struct{ At func(*Settings) *int64 }
	// ByNetwork is an amount for some of the networks.
	ByNetwork struct {
		At func(*Settings) *payments.Fees
	}
	// Group is several settings under one name.
	Group struct{ Members []Setting }
)

// Networks lists the names of the networks.
func (ByNetwork) Networks() []string {
	var names []string
	for _, n := range payments.Networks() {
		names = append(names, string(n))
	}
	return names
}

// Seconds is a length of time in whole seconds.
type Seconds int64

// Duration is the length as instants are moved by it.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// keep sets what is not set.
func keep[V comparable](value, otherwise *V) {
	var none V
	if *value == none {
		*value = *otherwise
	}
}

func (f Text) complete(s, other *Settings)   { keep(f.At(s), f.At(other)) }
func (f Delay) complete(s, other *Settings)  { keep(f.At(s), f.At(other)) }
func (f Number) complete(s, other *Settings) { keep(f.At(s), f.At(other)) }
func (f Amount) complete(s, other *Settings) { keep(f.At(s), f.At(other)) }

// complete joins the amounts, network by network.
func (f ByNetwork) complete(s, other *Settings) {
	switch mine, others := f.At(s), *f.At(other); {
	case len(others) == 0:
	case len(*mine) == 0:
		*mine = others // Nobody changes them.
	default:
		joined := maps.Clone(others)
		maps.Copy(joined, *mine)
		*mine = joined
	}
}

func (f Delays) complete(s, other *Settings) {
	if len(*f.At(s)) == 0 {
		*f.At(s) = *f.At(other)
	}
}

func (f Group) complete(s, other *Settings) {
	for _, row := range f.Members {
		row.Form.complete(s, other)
	}
}

// put shows what is set.
func put[V comparable](view map[string]any, name string, value V) {
	var none V
	if value != none {
		view[name] = value
	}
}

func (f Text) show(s *Settings, name string, view map[string]any)   { put(view, name, *f.At(s)) }
func (f Amount) show(s *Settings, name string, view map[string]any) { put(view, name, *f.At(s)) }

func (f Delay) show(s *Settings, name string, view map[string]any) {
	if d := *f.At(s); d != 0 {
		view[name] = machine.DelayText(d.Duration())
	}
}

func (f Delays) show(s *Settings, name string, view map[string]any) {
	if list := *f.At(s); len(list) > 0 {
		view[name] = f.texts(s)
	}
}

// texts are the delays as people write them.
func (f Delays) texts(s *Settings) []string {
	texts := []string{}
	for _, d := range *f.At(s) {
		texts = append(texts, machine.DelayText(time.Duration(d)))
	}
	return texts
}

func (f Number) show(s *Settings, name string, view map[string]any) {
	if n := *f.At(s); n != nil {
		view[name] = *n
	}
}

func (f ByNetwork) show(s *Settings, name string, view map[string]any) {
	if amounts := *f.At(s); len(amounts) > 0 {
		view[name] = amounts
	}
}

func (f Group) show(s *Settings, _ string, view map[string]any) {
	for _, row := range f.Members {
		row.Form.show(s, row.Name, view)
	}
}

func (f Text) take(s *Settings, name string, sent func(string) any) {
	if text, ok := sent(name).(string); ok {
		*f.At(s) = text
	}
}

func (f Text) tell(s *Settings, name string, reply map[string]any) { reply[name] = *f.At(s) }

func (f Secret) tell(s *Settings, name string, reply map[string]any) {
	reply[name+"Set"] = *f.At(s) != ""
}

// secondsMember is the member of requests and replies that has a delay: its name
// says in what.
func secondsMember(name string) string { return name + "Seconds" }

func (f Delay) take(s *Settings, name string, sent func(string) any) {
	if n, ok := sent(secondsMember(name)).(float64); ok {
		*f.At(s) = Seconds(n)
	}
}

func (f Delay) tell(s *Settings, name string, reply map[string]any) {
	reply[secondsMember(name)] = int64(*f.At(s))
}

// take leaves out what is no delay; what a request sends the document has looked at.
func (f Delays) take(s *Settings, name string, sent func(string) any) {
	list, ok := sent(name).([]any)
	if !ok {
		return
	}
	delays := []delivery.Span{}
	for _, item := range list {
		text, _ := item.(string)
		if d, err := machine.ParseDelay(text); err == nil && d > 0 {
			delays = append(delays, delivery.Span(d))
		}
	}
	*f.At(s) = delays
}

func (f Delays) tell(s *Settings, name string, reply map[string]any) { reply[name] = f.texts(s) }

// take takes over the members of the group's own object.
func (f Group) take(s *Settings, name string, sent func(string) any) {
	object, _ := sent(name).(map[string]any)
	for _, row := range f.Members {
		row.Form.(wire).take(s, row.Name, func(member string) any { return object[member] })
	}
}

func (f Group) tell(s *Settings, name string, reply map[string]any) {
	object := map[string]any{}
	for _, row := range f.Members {
		row.Form.(wire).tell(s, row.Name, object)
	}
	reply[name] = object
}
