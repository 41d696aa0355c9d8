package app_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/contract"
)

const (
	// slowestReply is how long any reply may take, on a machine that does other
	// things as well.
	slowestReply = 10 * time.Second
	// largestReply is how large any reply may be; the documents are the largest.
	largestReply = 4 << 20
)

// judge finds what may not be of a reply, whatever was asked.
func (c *malformedClient) judge(r wireRequest, reply wireReply, took time.Duration) error {
	switch {
	case took > slowestReply:
		return fmt.Errorf("a reply that is late: %s", reply)
	case reply.none && r.whole():
		return errors.New("nothing, although it is a whole request")
	case reply.none || reply.byServer():
		return nil
	case len(reply.body) > largestReply:
		return fmt.Errorf("%d bytes", len(reply.body))
	case reply.status >= http.StatusInternalServerError && reply.status != http.StatusNotImplemented && !reply.injected() && !bytes.Contains(reply.body, []byte("SIMULATED_FAILURE")):
		return fmt.Errorf("an error of the sandbox's own: %s", reply)
	case reply.empty() && !reply.injected() && r.method != http.MethodHead && r.method != http.MethodOptions:
		return fmt.Errorf("nothing in a reply that should have something: %s", reply)
	case len(reply.body) == 0 || !strings.HasPrefix(reply.header.Get("Content-Type"), "application/json"):
		return nil
	}
	if err := c.judgeJSON(r, reply); err != nil {
		return fmt.Errorf("what no document says: %w\n%s", err, reply)
	}
	return nil
}

// byServer reports whether net/http has answered what is no HTTP to it.
func (r wireReply) byServer() bool {
	statuses := []int{
		http.StatusBadRequest, http.StatusExpectationFailed, http.StatusRequestHeaderFieldsTooLarge, http.StatusNotImplemented,
		http.StatusHTTPVersionNotSupported,
	}
	return r.header.Get("X-Request-Id") == "" && slices.Contains(statuses, r.status) && !strings.Contains(r.header.Get("Content-Type"), "json")
}

// injected reports whether a scenario answered in the sandbox's place.
func (r wireReply) injected() bool {
	scenario := r.header.Get("X-Sandbox-Scenario")
	return scenario != "" && scenario != "happy-path" && !bytes.Contains(r.body, []byte("INTERNAL"))
}

func (r wireReply) empty() bool {
	return len(r.body) == 0 && r.status != http.StatusNoContent && r.status != http.StatusNotModified
}

// judgeJSON holds a reply to its operation, and one that no operation gives to
// the form of all refusals.
func (c *malformedClient) judgeJSON(r wireRequest, reply wireReply) error {
	var value any
	if err := json.Unmarshal(reply.body, &value); err != nil {
		return err
	}
	code := textAt(value, "data.refusal") + textAt(value, "error.code")
	if code == "INTERNAL" {
		return errors.New("an internal error")
	}
	o := c.operation(r)
	if o == nil || slices.Contains(withoutOperation, code) {
		if code == "" && reply.status != http.StatusOK {
			return errors.New("a refusal without a code")
		}
		return nil
	}
	if reply.injected() {
		return nil
	}
	return o.CheckResponse(reply.status, reply.header.Get("Content-Type"), reply.body)
}

// operation is the one that a request reaches, or nil.
func (c *malformedClient) operation(r wireRequest) *contract.Operation {
	request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(r.bytes())))
	if err != nil {
		return nil
	}
	// An escaped slash belongs to its segment.
	var segments []string
	for segment := range strings.SplitSeq(request.URL.EscapedPath(), "/") {
		text, err := url.PathUnescape(segment)
		if err != nil {
			return nil
		}
		segments = append(segments, strings.ReplaceAll(text, "/", "%2F"))
	}
	method := r.method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return operationOf(c.server.documents, method, strings.Join(segments, "/"))
}
