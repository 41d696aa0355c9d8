package sandboxtest

import "testing"

// BenchmarkStart is what the first test of a program waits for.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if s := start(); s.err != nil {
			b.Fatal(s.err)
		}
	}
}
