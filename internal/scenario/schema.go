package scenario

import (
	"maps"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/setting"
)

type object = map[string]any

// The parts of the schema that others refer to.
const (
	delayPart = "delay"
	countPart = "count"
	namePart  = "name"
	callPart  = "aboutAnOperation"
	faultPart = "fault"
	hookPart  = "deliveryFault"
)

// Schema writes the JSON Schema (draft 7, which editors know) of scenario files
// that speak about a catalog. It accepts what Parse accepts; only conditions,
// what a file extends, and the plain syntax of YAML are beyond it.
func Schema(c Catalog) ([]byte, error) {
	parts := object{
		delayPart: schemaDelay(), countPart: schemaCount(), namePart: schemaName(), callPart: schemaCall(),
		faultPart: schemaFault(), hookPart: schemaDeliveryFault(),
	}
	for _, f := range families(c.operations) {
		parts[f.name()] = object{"enum": f.codes}
	}
	return layout(object{
		"$schema":              "http://json-schema.org/draft-07/schema#",
		"title":                "finhub-sandbox scenario",
		"description":          "What the world does to a customer: rules that answer choices, refuse operations and inject faults.",
		"type":                 "object",
		"additionalProperties": false,
		"required":             []string{"name"},
		"properties": object{
			"name":        referred(namePart, "What the scenario is called, in the header X-Sandbox-Scenario, after a plus sign in an e-mail address, and by --scenario."),
			"description": described(schemaText(maxProse), "What happens, and what a client should do."),
			"extends":     referred(namePart, "A scenario whose rules come after those of this one."),
			"tenant":      described(schemaSettings(setting.Of(setting.Scenario)), "Settings of a tenant whose scenario this is."),
			"rules": object{
				"description": "The first rule that matches wins.",
				"type":        "array", "maxItems": maxRules, "items": schemaRule(c),
			},
		},
		"definitions": parts,
	})
}

func described(schema object, text string) object {
	schema["description"] = text
	return schema
}

// refer stands for a part of the schema.
func refer(part string) object { return object{"$ref": "#/definitions/" + part} }

// referred is a part that is described here: beside $ref itself draft 7 reads nothing.
func referred(part, text string) object {
	return object{"allOf": []object{refer(part)}, "description": text}
}

func schemaText(most int) object { return object{"type": "string", "maxLength": most} }

func schemaName() object {
	return object{"type": "string", "pattern": namePattern, "not": object{"const": reservedName}}
}

func oneOf(words []string) object { return object{"type": "string", "enum": words} }

func schemaCount() object {
	return object{"type": "integer", "minimum": 1, "maximum": 1_000_000_000}
}

func schemaAmount(zero bool) object {
	least := 0.01
	if zero {
		least = 0
	}
	return object{"type": "number", "minimum": least, "maximum": maxAmount, "multipleOf": 0.01}
}

// delayPattern is what a length of time looks like.
const delayPattern = `^(0|([0-9]+(\.[0-9]+)?(d|h|m|s|ms))+)$`

func schemaDelay() object {
	return object{"anyOf": []object{{"type": "string", "pattern": delayPattern}, {"const": 0}}}
}

func schemaAfter() object {
	return object{"anyOf": []object{
		{"type": "string", "pattern": delayPattern}, {"type": "string", "pattern": readsPattern}, {"const": 0},
	}}
}

func closedObject(properties object) object {
	return object{"type": "object", "additionalProperties": false, "properties": properties}
}

func schemaSettings(rows []setting.Setting) object {
	properties := object{}
	for _, row := range rows {
		properties[row.Name] = schemaSetting(row)
	}
	return closedObject(properties)
}

func schemaSetting(row setting.Setting) object {
	var schema object
	switch f := row.Form.(type) {
	case setting.Word:
		schema = oneOf(f.Words)
	case setting.Number:
		schema = object{"type": "number", "minimum": f.Least, "maximum": f.Most}
	case setting.Delay:
		schema = object{"allOf": []object{refer(delayPart)}}
	case setting.Amount:
		schema = schemaAmount(false)
	case setting.ByNetwork:
		fees := object{}
		for _, network := range f.Networks() {
			fees[network] = schemaAmount(true)
		}
		schema = closedObject(fees)
	case setting.Group:
		schema = schemaSettings(f.Members)
	}
	if row.Means != "" {
		described(schema, row.Means)
	}
	return schema
}

func schemaFault() object {
	kinds := faultKinds()
	mapping := closedObject(object{
		"kind":       described(oneOf(kinds), "What goes wrong: delay, drip and status say what they need; delay, drip, cut, lost and timeout do the work, the others do not."),
		"after":      referred(delayPart, "How late the reply is, in real time, at most 60s."),
		"until":      referred(delayPart, "The longest delay, if it lies between two bounds."),
		"status":     object{"type": "integer", "minimum": 200, "maximum": 599},
		"body":       schemaText(maxText),
		"retryAfter": referred(delayPart, "The Retry-After header, in whole seconds."),
		"headers": object{"type": "object", "maxProperties": maxHeaders, "additionalProperties": schemaHeader(), "propertyNames": object{
			"pattern": headerPattern, "not": object{"pattern": anyCase(framing())},
		}},
	})
	mapping["dependencies"] = object{"until": []string{"after"}}
	mapping["anyOf"] = []object{{"required": []string{"kind"}}, {"required": []string{"status"}}, {"required": []string{"after"}}}
	reply := []object{{"required": []string{"status"}}, {"required": []string{"body"}}, {"required": []string{"headers"}}, {"required": []string{"retryAfter"}}}
	kindIs := func(kinds ...string) object {
		return object{"required": []string{"kind"}, "properties": object{"kind": object{"enum": kinds}}}
	}
	silent := slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return kind == string(fault.Status) })
	mapping["allOf"] = []object{
		{"if": kindIs(string(fault.Status)), "then": object{"required": []string{"status"}}},
		{"if": kindIs(string(fault.Delay), string(fault.Drip)), "then": object{"required": []string{"after"}}},
		{"if": kindIs(silent...), "then": object{"not": object{"anyOf": reply}}},
		{"if": object{"not": object{"anyOf": []object{{"required": []string{"kind"}}, {"required": []string{"status"}}}}}, "then": object{"not": object{"anyOf": reply}}},
		{"if": object{"required": []string{"status"}, "properties": object{"status": object{"enum": []int{204, 304}}}}, "then": object{"not": object{"required": []string{"body"}}}},
	}
	return described(object{"anyOf": []object{oneOf(plainFaults()), mapping}}, "What goes wrong between the client and the sandbox.")
}

func schemaHeader() object {
	return object{"type": "string", "maxLength": maxHeader, "pattern": `^[^\x00-\x08\x0a-\x1f\x7f]*$`}
}

// anyCase is a pattern for words in any case, as headers are.
func anyCase(words []string) string {
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteByte('|')
		}
		for _, letter := range word {
			if lower, upper := strings.ToLower(string(letter)), strings.ToUpper(string(letter)); lower != upper {
				b.WriteString("[" + lower + upper + "]")
			} else {
				b.WriteRune(letter)
			}
		}
	}
	return "^(" + b.String() + ")$"
}

func schemaRule(c Catalog) object {
	subjects := append(c.Points(), c.Operations()...)
	on := oneOf(append(subjects, every))
	if c.operations == nil {
		on = object{"anyOf": []object{on, {"type": "string", "pattern": `^[^.]+$`}}}
	}
	rule := closedObject(object{
		"name":   described(schemaText(maxName), "What the rule is called in replies and lists."),
		"on":     described(on, "A choice point, an operationId, or * for every operation."),
		"when":   object{"type": "string", "minLength": 1, "maxLength": maxCondition, "pattern": `\S`, "description": whenText()},
		"decide": described(object{"type": "string"}, "The option that is decided; the usual one if it is left out."),
		"reason": described(object{"type": "string"}, "The reason that is given."),
		"after":  described(schemaAfter(), "When it is decided: after a time (36h) or a number of reads (3 reads)."),
		"refuse": described(object{"type": "string"}, "The code with which the operation is refused."),
		"fault":  described(object{}, "What goes wrong between the client and the sandbox, or with a webhook on its way."),
		"times":  referred(countPart, "How often the rule acts at most."),
		"skip":   referred(countPart, "How many matches pass first."),
		"every":  referred(countPart, "Only each so-many-th match acts."),
		"chance": object{"type": "number", "minimum": 0, "maximum": 1, "description": "How likely a match acts, from the tenant's seed."},
	})
	rule["required"] = []string{"on"}
	rule["allOf"] = schemaSubjects(c)
	return rule
}

// whenText says what conditions can ask about.
func whenText() string {
	members, items := Members()
	var facts []string
	for _, fact := range slices.Sorted(maps.Keys(members)) {
		facts = append(facts, fact+" ("+strings.Join(members[fact], ", ")+")")
	}
	for _, list := range slices.Sorted(maps.Keys(items)) {
		facts = append(facts, "each of "+list+" ("+strings.Join(items[list], ", ")+")")
	}
	return "A condition about the facts, such as customer.type == \"INDIVIDUAL\" and customer.age < 18. Amounts are in minor units. The facts are " +
		strings.Join(facts, "; ") + "."
}

// requiring says that a rule has one of some members.
func requiring(members ...string) []object {
	var list []object
	for _, member := range members {
		list = append(list, object{"required": []string{member}})
	}
	return list
}

// schemaCall is what a rule about an operation says: either that it is refused, or what
// goes wrong.
func schemaCall() object {
	return object{"oneOf": requiring("refuse", "fault"), "allOf": []object{without("decide", "reason", "after")}}
}

func without(members ...string) object {
	return object{"not": object{"anyOf": requiring(members...)}}
}

// schemaSubjects says for each choice point and operation what can be done.
func schemaSubjects(c Catalog) []object {
	onIs := func(words ...string) object {
		return object{"required": []string{"on"}, "properties": object{"on": object{"enum": words}}}
	}
	rest := []object{{
		"if": onIs(delivery.Point), "then": object{"properties": object{"fault": refer(hookPart)}}, "else": object{"properties": object{"fault": refer(faultPart)}},
	}, {"if": onIs(every), "then": object{"required": []string{"fault"}, "allOf": []object{without("decide", "reason", "after", "refuse")}}}}
	for _, point := range c.Points() {
		answer := c.points[point]
		var reasons []object
		for _, option := range answer.Options {
			given := object{"required": []string{"decide"}, "properties": object{"decide": object{"const": option}}}
			if option == answer.Default {
				given = object{"properties": object{"decide": object{"const": option}}}
			}
			allowed := object{"properties": object{"reason": object{"enum": answer.Reasons[option]}}}
			if len(answer.Reasons[option]) == 0 {
				allowed = without("reason")
			}
			reasons = append(reasons, object{"if": given, "then": allowed})
		}
		said := requiring("decide", "after")
		if answer.Default == "" {
			said = requiring("decide")
		}
		decided := object{
			"properties": object{"decide": object{"enum": answer.Options}},
			"anyOf":      said, "allOf": append(reasons, without("refuse", "fault")),
		}
		if point == delivery.Point {
			faulty := without("decide", "reason", "after", "refuse")
			faulty["required"] = []string{"fault"}
			decided = object{"anyOf": []object{faulty, decided}}
		}
		rest = append(rest, object{"if": onIs(point), "then": decided})
	}
	if c.operations == nil {
		return append(rest, object{"if": object{"required": []string{"on"}, "properties": object{"on": object{"pattern": `^[^.*]+$`}}}, "then": refer(callPart)})
	}
	rest = append(rest, object{"if": onIs(c.Operations()...), "then": refer(callPart)})
	for _, same := range sameRefusals(c.operations) {
		rest = append(rest, object{"if": onIs(same.operations...), "then": object{"properties": object{"refuse": schemaRefuse(c, same)}}})
	}
	return rest
}

// schemaRefuse says with which codes operations can be refused.
func schemaRefuse(c Catalog, same refusable) any {
	var list []object
	own := same.codes
	for _, f := range families(c.operations) {
		if slices.Contains(f.operations, same.operations[0]) {
			list = append(list, refer(f.name()))
			own = slices.DeleteFunc(slices.Clone(own), func(code string) bool { return slices.Contains(f.codes, code) })
		}
	}
	if len(own) > 0 {
		list = append(list, object{"enum": own})
	}
	if len(list) == 0 {
		return false
	}
	return object{"anyOf": list}
}

// families are the codes that always go together, where several do: each is written once.
func families(operations map[string][]string) []refusable {
	by := map[string][]string{}
	for _, operation := range slices.Sorted(maps.Keys(operations)) {
		for _, code := range slices.Compact(slices.Sorted(slices.Values(operations[operation]))) {
			by[code] = append(by[code], operation)
		}
	}
	var list []refusable
	for _, code := range slices.Sorted(maps.Keys(by)) {
		i := slices.IndexFunc(list, func(r refusable) bool { return slices.Equal(r.operations, by[code]) })
		if i < 0 {
			list = append(list, refusable{operations: by[code]})
			i = len(list) - 1
		}
		list[i].codes = append(list[i].codes, code)
	}
	return slices.DeleteFunc(list, func(r refusable) bool { return len(r.codes) < 2 || len(r.operations) < 2 })
}

// name is the part's of the schema that lists the codes.
func (r refusable) name() string { return r.codes[0] + "_and_similar" }

// refusable are operations that can all give some refusals.
type refusable struct{ operations, codes []string }

// sameRefusals puts the operations together that can give the same refusals.
func sameRefusals(operations map[string][]string) []refusable {
	var list []refusable
	for _, operation := range slices.Sorted(maps.Keys(operations)) {
		codes := slices.Compact(slices.Sorted(slices.Values(operations[operation])))
		i := slices.IndexFunc(list, func(r refusable) bool { return slices.Equal(r.codes, codes) })
		if i < 0 {
			list = append(list, refusable{codes: codes})
			i = len(list) - 1
		}
		list[i].operations = append(list[i].operations, operation)
	}
	return list
}
