package sandboxtest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// stranger is a server that tells the headers of what comes.
type stranger struct {
	url  string
	came chan http.Header
}

func listen(t *testing.T) stranger {
	s := stranger{came: make(chan http.Header, 1)}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { s.came <- r.Header }))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}
