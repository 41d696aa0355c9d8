package main

import (
	"reflect"
	"strings"
	"testing"
)

// TestEmptyVariablesCountAsUnset starts the server with every variable that it
// knows set to nothing, as compose files pass them on.
func TestEmptyVariablesCountAsUnset(t *testing.T) {
	known := 0
	for _, field := range reflect.VisibleFields(reflect.TypeFor[serveCommand]()) {
		if name := field.Tag.Get("env"); name != "" {
			t.Setenv(name, "")
			known++
		}
	}
	if known < 10 {
		t.Fatalf("serve knows only %d variables", known)
	}
	server := startServe(t, "--addr=127.0.0.1:0")
	if !strings.Contains(server.greeting, "in memory") {
		t.Errorf("the greeting is:\n%s", server.greeting)
	}
}
