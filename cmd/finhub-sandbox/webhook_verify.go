package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"os"
	"strings"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/domain/delivery"
)

type webhookVerifyCommand struct {
	Message         string   `arg:"" optional:"" help:"File with the headers, an empty line and the body, as they came; standard input if left out." placeholder:"FILE"`
	Secret          []string `help:"Secret of the subscription; during a rotation also the former one." required:"" env:"SANDBOX_WEBHOOK_SECRET" sep:"none"`
	Headers         string   `help:"File with the headers alone; the message is then the body alone." placeholder:"FILE"`
	AnyAge          bool     `help:"Do not look at how old the timestamp is."`
	Signature       string   `help:"How the tenant signs: ${enum} (Standard Webhooks 1.0)." enum:"finhub,standard" default:"finhub"`
	SignatureHeader string   `help:"Header of the signature, if the tenant has set another." default:"X-FinHub-Signature" placeholder:"NAME"`
	SignatureValue  string   `help:"Its content, if the tenant has set another." default:"sha256={hex}" placeholder:"TEMPLATE"`
	SignedContent   string   `help:"What is signed, if the tenant has set something else." default:"{body}" placeholder:"TEMPLATE"`
	JSON            bool     `help:"Print the verdict as JSON." name:"json"`
}

func (c webhookVerifyCommand) run(_ context.Context, stdout, stderr io.Writer) int {
	header, body, err := c.read(os.Stdin)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	v := c.verdict(header, body)
	if c.JSON {
		// What is marshalled is a truth value and a text.
		text, _ := json.Marshal(map[string]any{"valid": v.Valid, "why": v.Why})
		_, _ = fmt.Fprintln(stdout, string(text))
	}
	if !v.Valid {
		return fail(stderr, exitFailed, v.Why)
	}
	if !c.JSON {
		_, _ = fmt.Fprintln(stdout, v.Why)
	}
	return exitOK
}

// verdict holds a message to the secrets. Editors and shells end a file with a line
// end, which is then none of the body's.
func (c webhookVerifyCommand) verdict(header http.Header, body string) delivery.Verdict {
	signing := delivery.Signing{Standard: c.Signature == "standard", Header: c.SignatureHeader, Value: c.SignatureValue, Content: c.SignedContent}
	now := app.Now()
	if c.AnyAge {
		now = time.Time{}
	}
	v := signing.Verify(header.Get, body, c.Secret, now)
	if trimmed := strings.TrimRight(body, "\r\n"); !v.Valid && trimmed != body {
		v = signing.Verify(header.Get, trimmed, c.Secret, now)
	}
	return v
}

// read gives the headers and the body of a message.
func (c webhookVerifyCommand) read(stdin io.Reader) (http.Header, string, error) {
	message, err := readInput(c.Message, stdin)
	if err != nil {
		return nil, "", err
	}
	head, body, found := cutMessage(message)
	if c.Headers != "" {
		body, found = message, true
		if head, err = os.ReadFile(c.Headers); err != nil {
			return nil, "", err
		}
	}
	if !found {
		return nil, "", errors.New("no empty line stands between headers and body: give the message as it came, or the headers in a file of their own with --headers")
	}
	header, err := readHeader(string(head))
	return header, string(body), err
}

func readInput(file string, stdin io.Reader) ([]byte, error) {
	if file == "" || file == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(file)
}

// cutMessage cuts a message at its first empty line, however lines end.
func cutMessage(message []byte) (head, body []byte, found bool) {
	for _, empty := range []string{"\r\n\r\n", "\n\n"} {
		if head, body, found = bytes.Cut(message, []byte(empty)); found {
			return head, body, true
		}
	}
	return nil, nil, false
}

// readHeader reads lines of names and values. A line without a colon before them is
// that of the request.
func readHeader(text string) (http.Header, error) {
	header := http.Header{}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r"), ":")
		if !ok || strings.Contains(name, " ") {
			if i == 0 {
				continue
			}
			return nil, fmt.Errorf("line %d of the headers has no name and value: %q", i+1, line)
		}
		header.Add(textproto.TrimString(name), textproto.TrimString(value))
	}
	return header, nil
}
