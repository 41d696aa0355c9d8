package contract

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
)

// CheckResponse holds a reply to the document: its status must be documented
// for the operation, and its body must fit. Tests check every reply in this
// way, and so does a server that was asked to.
func (o *Operation) CheckResponse(status int, contentType string, body []byte) error {
	if ref := o.responses.Status(status); ref != nil && len(ref.Value.Content) == 0 && len(body) == 0 {
		return nil
	}
	media, err := o.response(status, contentType)
	if err != nil {
		return err
	}
	if mediaType, _, _ := strings.Cut(contentType, ";"); media.Schema == nil || mediaType != "application/json" {
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

// CheckResponseType is CheckResponse for a reply whose body comes piece by piece:
// its status and its media type must be documented.
func (o *Operation) CheckResponseType(status int, contentType string) error {
	_, err := o.response(status, contentType)
	return err
}

// response finds what the document says of a reply.
func (o *Operation) response(status int, contentType string) (*openapi3.MediaType, error) {
	ref := o.responses.Status(status)
	if ref == nil {
		return nil, fmt.Errorf("%s: the document has no reply with status %d", o.ID, status)
	}
	mediaType, _, _ := strings.Cut(contentType, ";")
	media := ref.Value.Content.Get(mediaType)
	if media == nil {
		return nil, fmt.Errorf("%s: the document has no reply %d of type %q", o.ID, status, contentType)
	}
	return media, nil
}
