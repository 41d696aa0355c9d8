package spec

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Surfaced is an operation that FinHub documents, whatever becomes of it here: a row of
// surface.yaml, which is for those who compare and not in the binary.
type Surfaced struct {
	Number int `yaml:"number"`
	// Method and Path, which is whole, are empty where no page that could be read tells them.
	Method string `yaml:"method"`
	Path   string `yaml:"path"`
	// About is what one without a path does.
	About       string   `yaml:"about"`
	Generations []string `yaml:"generations"`
	// Told is how much of it is documented: full, shape or name.
	Told string `yaml:"told"`
}

// ReadSurface reads surface.yaml.
func ReadSurface(text []byte) (list []Surfaced, err error) {
	if err := yaml.Load(text, &list, yaml.WithKnownFields()); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, s := range list {
		call := CallForm(s.Method, s.Path)
		switch {
		case s.Number != i+1:
			return nil, fmt.Errorf("the row in place %d has the number %d", i+1, s.Number)
		case (s.Path == "") == (s.About == "") || (s.Path == "") != (s.Method == ""):
			return nil, fmt.Errorf("row %d needs method and path, or what it is about", s.Number)
		case s.Path != "" && seen[call]:
			return nil, fmt.Errorf("row %d is %s, as one before", s.Number, call)
		}
		seen[call] = true
	}
	return list, nil
}

// CallForm is a method with a path whose parameters have no names: pages and the document
// call them differently.
func CallForm(method, path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "{}"
		}
	}
	return method + " " + strings.Join(segments, "/")
}
