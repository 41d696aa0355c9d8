// Command generate makes the files of the repository that are made of others: the
// bundled documents, the names of their secrets, the JSON Schema of scenario files, the
// command line's view of the control API, and the page of conformance. It is run by
//
//	go generate ./...
//
// and is no part of the sandbox.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:generate go run . ../..

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate ROOT, the top of the repository")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// write makes every generated file. A file that is as it should be is left alone,
// so that nothing is built anew for it.
func write(root string) error {
	made, err := files(root)
	if err != nil {
		return err
	}
	var faults []error
	for name, want := range made {
		path := filepath.Join(root, name)
		if got, err := os.ReadFile(path); err != nil || !same(name, got, want) {
			faults = append(faults, os.WriteFile(path, want, 0o644))
		}
	}
	return errors.Join(faults...)
}

// files makes every generated file of the repository at root, by its name in it.
func files(root string) (map[string][]byte, error) {
	made, documents := map[string][]byte{}, map[string]*openapi3.T{}
	for _, name := range []string{"openapi", "control"} {
		document, err := bundle(os.DirFS(filepath.Join(root, "spec")), name+".yaml")
		if err != nil {
			return nil, err
		}
		if made["spec/bundled/"+name+".json"], err = json.MarshalIndent(document, "", " "); err != nil {
			return nil, err
		}
		made["spec/bundled/"+name+".json.gz"] = pack(made["spec/bundled/"+name+".json"])
		documents[name] = document
	}
	var err, failed, unread error
	made["scenarios/scenario.schema.json"], err = scenarioSchema(made["spec/bundled/openapi.json"])
	made["internal/client/generated.go"], failed = clientTypes(documents["control"])
	made["spec/bundled/secrets.json"], unread = secretsOf(documents["openapi"], documents["control"])
	var unmade error
	made["CONFORMANCE.md"], unmade = conformancePage(root, documents["openapi"])
	return made, errors.Join(err, failed, unread, unmade)
}

// pack compresses a document as the binary embeds it.
func pack(text []byte) []byte {
	var packed bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level exists
	_, _ = writer.Write(text)                                       // and a buffer takes everything
	_ = writer.Close()
	return packed.Bytes()
}

// same reports whether a generated file is as it should be. Two versions of Go may
// pack a text in different bytes, so what counts is the text.
func same(name string, got, want []byte) bool {
	if filepath.Ext(name) != ".gz" {
		return bytes.Equal(got, want)
	}
	have, err := unpack(got)
	wanted, failed := unpack(want)
	return err == nil && failed == nil && bytes.Equal(have, wanted)
}

func unpack(packed []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
