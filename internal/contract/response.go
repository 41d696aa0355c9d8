package contract

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
)

// CheckResponse holds a reply to the document: its status must be documented
// for the operation, and its body must fit. Tests check every reply in this
// way, and so does a server that was asked to.
func (o *Operation) CheckResponse(status int, contentType string, body []byte) error {
	ref := o.responses.Status(status)
	if ref == nil {
		return fmt.Errorf("%s: the document has no reply with status %d", o.ID, status)
	}
	if len(ref.Value.Content) == 0 && len(body) == 0 {
		return nil
	}
	mediaType, _, _ := strings.Cut(contentType, ";")
	media := ref.Value.Content.Get(mediaType)
	if media == nil {
		return fmt.Errorf("%s: the document has no reply %d of type %q", o.ID, status, contentType)
	}
	if media.Schema == nil || !strings.HasSuffix(mediaType, "json") {
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("%s: reply %d is not JSON: %w", o.ID, status, err)
	}
	var faults []string
	for _, v := range o.replies.visit(media.Schema.Value, value) {
		faults = append(faults, v.String())
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s: reply %d breaks the document: %s", o.ID, status, strings.Join(faults, "; "))
	}
	return nil
}
