package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Stream is an operation of the control API whose reply comes event by event.
type Stream struct{ Method, Path string }

// With gives the operation with a query; parameters without a value are left out.
func (s Stream) With(query map[string]string) Stream {
	s.Path = Operation[any](s).With(query).Path
	return s
}

// maxLine bounds a line of a stream.
const maxLine = 8 << 20

// Events are those of a stream, while it lasts.
type Events struct {
	body  io.ReadCloser
	lines *bufio.Scanner
	addr  string
}

// Message is one event of a stream.
type Message struct {
	// ID is empty where the stream numbers nothing.
	ID, Name string
	Data     []byte
}

// Open does the operation. The stream lasts until it is closed, the context ends, or
// the sandbox does. The errors are those of Operation.Call.
func (s Stream) Open(ctx context.Context, c Client, body any) (*Events, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if body == nil {
		text = nil
	}
	reply, err := c.open(ctx, s.Method, s.Path, "application/json", text)
	if err != nil {
		return nil, err
	}
	if reply.StatusCode != http.StatusOK {
		_, err := c.read(reply)
		return nil, err
	}
	lines := bufio.NewScanner(reply.Body)
	lines.Buffer(nil, maxLine)
	return &Events{reply.Body, lines, c.Addr}, nil
}

// Close ends the stream.
func (e *Events) Close() error { return e.body.Close() }

// Next waits for the next event. It fails when the stream has ended, whoever has
// ended it.
func (e *Events) Next() (Message, error) {
	var event Message
	for e.lines.Scan() {
		name, value, _ := bytes.Cut(e.lines.Bytes(), []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(name) {
		case "id":
			event.ID = string(value)
		case "event":
			event.Name = string(value)
		case "data":
			event.Data = bytes.Clone(value)
		}
		if len(e.lines.Bytes()) == 0 && event.Name != "" {
			return event, nil
		}
	}
	return event, fmt.Errorf("the sandbox on %s has ended the stream: start it again, and listen again", e.addr)
}
