package contract

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// CheckResponse holds a reply to the document: its status must be documented
// for the operation, and its body must fit. Tests check every reply in this
// way, and so does a server that was asked to.
func (o *Operation) CheckResponse(status int, contentType string, body []byte) error {
	if documented, known := o.replies()[strconv.Itoa(status)]; known && len(documented) == 0 && len(body) == 0 {
		return nil
	}
	documented, err := o.replyBody(status, contentType)
	if err != nil {
		return err
	}
	if mediaType, _, _ := strings.Cut(contentType, ";"); documented.schema == nil || mediaType != jsonType {
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("%s: reply %d is not JSON: %w", o.ID, status, err)
	}
	var faults []string
	for _, v := range o.replying.visit(documented.value, value) {
		faults = append(faults, v.String())
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s: reply %d breaks the document: %s", o.ID, status, strings.Join(faults, "; "))
	}
	return nil
}

// CheckResponseType is CheckResponse for a reply whose body comes piece by piece:
// its status and its media type must be documented.
func (o *Operation) CheckResponseType(status int, contentType string) error {
	_, err := o.replyBody(status, contentType)
	return err
}

// reply is what the document says of replies with one status, by their media types.
type reply map[string]replyBody

type replyBody struct {
	// value has no schema if the document does not say what the body is.
	value
	// refusals are the names of its examples.
	refusals []string
}

// replies reads what an operation says of its replies.
func (s *source) replies(op *operation) (map[string]reply, error) {
	all := map[string]reply{}
	for status, r := range op.Responses {
		all[status] = reply{}
		for name, m := range r.Content {
			body := replyBody{refusals: slices.Collect(maps.Keys(m.Examples))}
			if m.Schema != nil {
				ref, err := s.schema(m.Schema)
				if err != nil {
					return nil, fmt.Errorf("reply %s: %w", status, err)
				}
				body.value = value{ref.Value, s.replyFitter.fit(ref.Value)}
			}
			all[status][name] = body
		}
	}
	return all, nil
}

// replyBody finds what the document says of a reply.
func (o *Operation) replyBody(status int, contentType string) (replyBody, error) {
	documented, known := o.replies()[strconv.Itoa(status)]
	if !known {
		return replyBody{}, fmt.Errorf("%s: the document has no reply with status %d", o.ID, status)
	}
	mediaType, _, _ := strings.Cut(contentType, ";")
	body, known := documented[mediaType]
	if !known {
		return replyBody{}, fmt.Errorf("%s: the document has no reply %d of type %q", o.ID, status, contentType)
	}
	return body, nil
}

// RefusalStatuses gives the statuses under which the document shows a refusal
// of this operation.
func (o *Operation) RefusalStatuses(code string) []int {
	var list []int
	for status, documented := range o.replies() {
		for _, body := range documented {
			if n, err := strconv.Atoi(status); err == nil && n >= 400 && slices.Contains(body.refusals, code) {
				list = append(list, n)
			}
		}
	}
	return list
}
