package app_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// wireRequest is a request as its bytes are written, right or wrong.
type wireRequest struct {
	method, target, version string
	headers                 [][2]string
	body                    []byte
	// length is what Content-Length says; -1 is the length of the body.
	length int
}

// newWireRequest writes a right request down.
func newWireRequest(method, target string, header http.Header, body []byte) wireRequest {
	r := wireRequest{method: method, target: target, version: "HTTP/1.1", body: body, length: -1}
	r.headers = append(r.headers, [2]string{"Host", "localhost"})
	for _, name := range sortedKeys(header) {
		for _, value := range header[name] {
			r.headers = append(r.headers, [2]string{name, value})
		}
	}
	return r
}

func (r wireRequest) clone() wireRequest {
	r.headers, r.body = slices.Clone(r.headers), bytes.Clone(r.body)
	return r
}

func (r wireRequest) header(name string) string {
	for _, h := range r.headers {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

func (r wireRequest) bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s %s\r\n", r.method, r.target, r.version)
	for _, h := range r.headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	length := r.length
	if length < 0 {
		length = len(r.body)
	}
	if (length > 0 || r.length >= 0) && r.header("Transfer-Encoding") == "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", length)
	}
	b.WriteString("\r\n")
	b.Write(r.body)
	return b.Bytes()
}

// maxShown is how much of a request or a reply is shown.
const maxShown = 1_500

func (r wireRequest) String() string { return quoted(r.bytes()) }

func quoted(text []byte) string {
	if len(text) > maxShown {
		return strconv.Quote(string(text[:maxShown])) + fmt.Sprintf("… (%d bytes)", len(text))
	}
	return strconv.Quote(string(text))
}

// whole reports whether the bytes are a whole request in the eyes of net/http,
// which answers others itself and closes the connection.
func (r wireRequest) whole() bool {
	hosts := 0
	for _, h := range r.headers {
		if strings.EqualFold(h[0], "Host") {
			hosts++
		}
		if !isHeader(h) || strings.EqualFold(h[0], "Host") && strings.Trim(h[1], hostSigns) != "" {
			return false
		}
	}
	if hosts != 1 {
		return false
	}
	request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(r.bytes())))
	if err != nil || request.ProtoMajor != 1 {
		return false
	}
	_, err = io.Copy(io.Discard, request.Body)
	return err == nil
}

// hostSigns are those that a host name can have.
const hostSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%&'()*+,-.:;=[]_~"

func isHeader(h [2]string) bool {
	name := strings.ContainsFunc(h[0], func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, c)
	})
	value := strings.ContainsFunc(h[1], func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
	return h[0] != "" && !name && !value
}

// wireReply is a reply as it came.
type wireReply struct {
	status int
	header http.Header
	body   []byte
	// none says that the connection was closed without a reply.
	none bool
}

func (r wireReply) String() string {
	return fmt.Sprintf("%d %v %s", r.status, r.header, quoted(r.body))
}

// outcome tells replies apart in the report.
func (r wireReply) outcome() string {
	if r.none {
		return "no reply"
	}
	return strconv.Itoa(r.status)
}

// wire is a connection that is opened again when it is closed.
type wire struct {
	addr   string
	conn   net.Conn
	reader *bufio.Reader
}

// wireTime is how long a client waits for a reply.
const wireTime = 30 * time.Second

// send sends a request and reads the reply. The half of the connection is closed
// behind a request that may be too short, so that nobody waits for the rest.
func (w *wire) send(r wireRequest) (reply wireReply, err error) {
	for again := range 2 {
		reused := w.conn != nil
		if reply, err = w.try(r); err == nil && !reply.none {
			return reply, nil
		}
		w.close()
		if !reused || again > 0 {
			break
		}
		// The server may have closed the connection after the last reply.
	}
	return reply, err
}

func (w *wire) try(r wireRequest) (wireReply, error) {
	if w.conn == nil {
		conn, err := net.Dial("tcp", w.addr)
		if err != nil {
			return wireReply{}, err
		}
		w.conn, w.reader = conn, bufio.NewReader(conn)
	}
	if err := w.conn.SetDeadline(time.Now().Add(wireTime)); err != nil {
		return wireReply{}, err
	}
	// A server that has seen enough answers and closes before it has read all.
	_, writing := w.conn.Write(r.bytes())
	whole := writing == nil && r.whole()
	if !whole {
		_ = w.conn.(*net.TCPConn).CloseWrite()
	}
	reply, err := readWireReply(w.reader, r.method)
	if err != nil && !timedOut(err) {
		return wireReply{none: true}, nil
	}
	if err != nil || !whole || reply.header.Get("Connection") == "close" {
		w.close()
	}
	return reply, err
}

func timedOut(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func readWireReply(from *bufio.Reader, method string) (wireReply, error) {
	for {
		response, err := http.ReadResponse(from, &http.Request{Method: method})
		if err != nil {
			return wireReply{}, err
		}
		body, err := io.ReadAll(response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return wireReply{}, err
		}
		if response.StatusCode >= 200 {
			reply := wireReply{status: response.StatusCode, header: response.Header, body: body}
			if response.Close {
				reply.header.Set("Connection", "close")
			}
			return reply, nil
		}
	}
}

func (w *wire) close() {
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}
